"""The same matter in another mouth: who speaks, how much, in what order, with which words.

A citizen writes in the first person, an operator takes down what was said, a grid worker reports;
some say it in one line. What is added fits the class of the matter.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

from demo import words

WRITTEN_DOWN = ("phone", "hotline", "operator")
SPEAKERS = (
    *(
        "我是这里的租户，",
        "我在这条街开小店，",
        "我是退休教师，",
        "我在附近送快递，",
        "我家有两个孩子，",
    ),
    *("我是夜班护士，", "我每天接送孙子经过这里，", "我刚从外地回来照顾老人，", "我是楼栋长，"),
    *("我在这里上大学，", "我父母住在这里，我在外地替他们反映：", "我是出租车司机，"),
    *("我们几家商户一起反映：", "我在对面单位上班，", "我是业主代表，", "我腿脚不便，"),
    *("这是我第二次写，", "以前不太会用这个，说得不清楚请见谅。", "长话短说：", "直接说事："),
    *("群里让我来反映，", "看到别的小区反映有用，我也来说一说。"),
)
TAKEN_DOWN = (
    *("市民来电反映：", "来电人称：", "来电反映：", "诉求人反映：", "市民表示：", "来电人陈述："),
    *("市民再次来电，反映：", "代家人来电，反映：", "经核实位置，市民反映："),
)
ASKED_FOR = (
    *("来电人要求尽快处理并回电。", "诉求：请相关单位核实处理。", "市民希望明确答复时间。"),
    *("要求现场查看。", "希望得到书面答复。", "要求联系本人。", "诉求：解决问题，说明原因。"),
    *("市民对此前处理不认可，要求重新核实。", "来电人情绪较激动，已安抚。", "已告知办理时限。"),
)
REPORTED = (
    "居民反映：",
    "入户走访时居民说：",
    "楼栋长转述：",
    "巡查发现，居民也反映：",
    "议事会上提出：",
)
# What people of a class of matters add, by the first two digits of the class.
REMARKS_OF: dict[str, tuple[str, ...]] = {
    "01": (
        *("夏天味道飘到楼上。", "创建文明城市的时候干净过几天。", "游客看了也不好。"),
        *("环卫工人也说人手不够。", "晚上九点以后最乱。", "拍了三天的照片，天天一样。"),
    ),
    "02": (
        *("物业费一年没有少交。", "业主群里骂了半个月。", "合同里写的服务一条没落实。"),
        *("我们楼有十几户愿意联名。", "开发商和物业互相推。", "维修师傅来看过三回，没有动工。"),
    ),
    "03": (
        *("家里有婴儿，一刻也离不开水电。", "客服每次都说正在处理。", "小饭馆当天没法开门。"),
        *("楼里好几户老人。", "没有任何通知。", "打抢修电话排队二十多分钟。"),
    ),
    "04": (
        *("早晚高峰最严重。", "上周就出过一次刮擦。", "行车记录仪有视频。"),
        *("孩子上学必须走这里。", "交警在的时候好一点，一走又乱。", "导航也总是往这里引。"),
    ),
    "05": (
        *("分贝仪测过，夜里六十多。", "窗户关着都没有用。", "呼吸道不好的人受不了。"),
        *("白天检查的时候他们就停。", "孩子的成绩受影响。", "下风口几栋楼都闻得到。"),
    ),
    "06": (
        *("聊天记录和考勤都留着。", "同样情况的有七八个人。", "家里等着这笔钱用。"),
        *("签的合同在他们手里，不给复印。", "窗口让我自己去找单位。"),
    ),
    "07": (
        *("病历和票据都在。", "老人跑了三趟。", "排队的人都有意见。"),
        *("网上的说明看不明白。", "电话打过去总是占线。"),
    ),
    "08": (
        *(
            "班上别的家长也有同样的想法。",
            "不想让孩子为难，请不要点名。",
            "报名时间快到了，很着急。",
        ),
        *("学校的态度是好的，就是解决不了。", "隔壁区的做法不一样。"),
    ),
    "09": (
        *("小票和付款记录都在。", "同样受骗的有一个群。", "对方的电话已经停机。"),
        *("不是钱的问题，是不讲理。", "给外地朋友看了笑话。"),
    ),
    "10": (
        *("拍了照片和视频。", "希望查一查这家其他的货。", "孩子吃了，有点担心。"),
        *("同一条街别家不这样。", "让他们拿票据，说没有。"),
    ),
    "11": (
        *("老人没有手机，都是我代办。", "邻居都看在眼里。", "社区的同志一直很关心。"),
        *("政策我们理解，就想问清楚。", "家里实在是没有别人了。"),
    ),
    "12": (
        *("出了事就晚了。", "旁边就是幼儿园。", "已经吓到过老人。", "提醒过责任单位，没有动静。"),
        *("夜里看不清，更危险。", "请先围起来也好。"),
    ),
    "13": (
        *("材料按清单准备的。", "请了半天假去办。", "系统提示“处理中”一个多星期。"),
        *("窗口的人其实也很忙。", "希望能一次说清楚。"),
    ),
    "14": (
        *("公示牌上的电话打不通。", "规划图和现场不一样。", "施工方说只听业主单位的。"),
        *("树是老街坊种的，舍不得。", "大家都盼着早点通。"),
    ),
    "15": (
        *("远亲不如近邻，不想闹僵。", "调解过一次，好了两天。", "大家都要过日子。"),
        *("社区干部人手少，我们理解。", "愿意一起出点力。"),
    ),
}
# Words that people use for one another.
ALIKE: Sequence[tuple[str, ...]] = (
    ("希望", "盼望", "恳请", "建议", "强烈要求"),
    ("没有人管", "一直没人管", "无人问津", "谁都不管"),
    ("每天", "天天", "几乎每天"),
    ("晚上", "夜里"),
    ("早上", "清早"),
    ("非常", "特别", "实在", "真的"),
    ("已经", "都已经"),
    ("马上", "赶紧", "尽快"),
    ("孩子", "小孩"),
    ("老人", "老人家"),
    ("好几次", "多次", "不止一次", "三番五次"),
    ("根本", "完全", "压根"),
    ("楼下", "单元楼下"),
    ("旁边", "边上"),
    ("走不动", "走不了远路"),
    ("大家", "街坊们", "邻居们"),
    ("厉害", "严重"),
)
PLAIN = re.compile(r"(?<=[。？！])")
# The first person as an operator takes it down; what stands first is replaced first.
OTHERS = (("我们", "居民"), ("我家", "其家"), ("我", "市民"))


def retold(body: str, category: str, channel: str, where: str, generator: random.Random) -> str:
    """A body as it came by this channel, about a matter at `where`."""
    sentences = [part for part in PLAIN.split(body) if part]
    if len(sentences) > 2 and generator.random() < 0.25:
        del sentences[generator.randrange(1, len(sentences))]
    if channel in WRITTEN_DOWN:
        place = f"地点：{where}。" if where not in body and generator.random() < 0.6 else ""
        return place + _taken_down(sentences, generator)
    if channel == "grid":
        place = f"{where}，" if where not in body and generator.random() < 0.6 else ""
        return place + generator.choice(REPORTED) + _reworded("".join(sentences), generator)
    if generator.random() < 0.1:  # in a line
        return _reworded(sentences[0], generator) + generator.choice(words.REQUESTS)
    pool = words.REMARKS if generator.random() < 0.5 else REMARKS_OF[category[:2]]
    if generator.random() < 0.6:
        at = generator.randint(1, len(sentences))
        sentences.insert(at, generator.choice(pool))
    told = _reworded("".join(sentences), generator)
    start = generator.random()
    if start < 0.3:
        told = generator.choice(words.OPENINGS) + told
    elif start < 0.6:
        told = generator.choice(SPEAKERS) + told
    return told + (generator.choice(words.REQUESTS) if generator.random() < 0.55 else "")


def _taken_down(sentences: list[str], generator: random.Random) -> str:
    told = _reworded("".join(sentences), generator)
    for own, other in OTHERS:
        told = told.replace(own, other)
    closing = generator.choice(ASKED_FOR) if generator.random() < 0.75 else ""
    return generator.choice(TAKEN_DOWN) + told + closing


def _reworded(text: str, generator: random.Random) -> str:
    """Some words exchanged for others that mean the same; each at most once."""
    for group in ALIKE:
        found = next((word for word in group if word in text), "")
        if found and generator.random() < 0.4:
            text = text.replace(found, generator.choice(group), 1)
    return text

"""What people call about on the day, invented: each with its class and whose duty it is."""

from __future__ import annotations

from dataclasses import dataclass

URBAN, WATER, HOUSING = "420106D01", "420106D02", "420106D03"


@dataclass(frozen=True)
class Matter:
    """One appeal as somebody tells it; `find` and `named` lead to its class."""

    title: str
    body: str
    address: str
    find: str
    named: str
    category: str
    duty: str


KINDS = (
    ("门口路灯不亮", "晚上一片漆黑，老人下楼不敢走。", "路灯", "路灯照明", "010303", URBAN),
    ("垃圾桶满了没人清", "味道大，蚊虫多，三天没有来车。", "垃圾", "生活垃圾清运", "010101", URBAN),
    ("路面坑洼，电动车摔了人", "积水盖住了坑。", "坑洼", "路面破损与坑洼", "010301", URBAN),
    ("墙上贴满小广告", "刚铲掉又贴上，楼道里全是。", "乱贴", "乱贴乱画", "010203", URBAN),
    ("公共厕所没有水", "冲不了，进不去人。", "厕所", "公共厕所", "010103", URBAN),
    ("下水道堵了，污水冒上来", "几户进了水。", "污水", "排水管网堵塞与污水外溢", "010305", WATER),
)
PLACES = (
    ("粮道街", "胭脂路社区"),
    ("粮道街", "昙华林社区"),
    ("粮道街", "戈甲营社区"),
    ("中华路街", "户部巷社区"),
    ("水果湖街", "放鹰台社区"),
)


def matters(count: int) -> list[Matter]:
    """So many, no two alike."""
    found = []
    for number in range(count):
        title, body, find, named, category, duty = KINDS[number % len(KINDS)]
        street, community = PLACES[number % len(PLACES)]
        house = number + 1
        found.append(
            Matter(
                f"{community}{house}号{title}",
                f"{community}{house}号{title}，{body}希望尽快来人处理，第{house}次打电话了。",
                f"{street}{community}{house}号",
                *(find, named, category, duty),
            )
        )
    return found


def phone(number: int) -> str:
    """An invented mobile number."""
    return f"1990100{number:04d}"

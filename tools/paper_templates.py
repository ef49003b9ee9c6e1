"""Writes the product's own templates of papers; run it after a change, the files are kept in git.

Layout after GB/T 9704: A4, margins 37, 26, 35 and 28 mm, the issuing body in red over a red line,
the title in 22 points, the text in 16. Forms are set in 12 so that a case stands on one page.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from huying.web.paper import Align, Block, Cell, Grid, Paper, Span, Text, as_docx

FOLDER = Path(__file__).parent.parent / "huying" / "cases" / "data" / "papers"
MARGINS = (105.0, 74.0, 99.0, 79.0)  # top, right, bottom, left
FORM_MARGINS = (71.0, 62.0, 68.0, 62.0)
RED = "D7000F"
TITLE_FONT, TEXT_FONT, LABEL_FONT = "方正小标宋简体", "仿宋_GB2312", "黑体"
SIZE, FORM_SIZE = 16.0, 12.0
WIDE = (1.15, 2.0, 1.15, 2.0)
Row = Sequence[str]


def head(title: str, *, form: bool = False) -> list[Block]:
    """Who issues it in red, the number, the title."""
    size = 26.0 if form else 34.0
    return [
        Text(
            "{{发文机关}}",
            size,
            align="center",
            color=RED,
            bold=True,
            font=TITLE_FONT,
            after=4 if form else 8,
        ),
        Text(
            "{{文号}}",
            FORM_SIZE if form else SIZE,
            align="center",
            rule=RED,
            font=TEXT_FONT,
            after=8 if form else 14,
        ),
        Text(
            title,
            22 if not form else 20,
            bold=True,
            align="center",
            font=TITLE_FONT,
            leading=32,
            after=8 if form else 10,
        ),
    ]


def text(words: str, *, indent: bool = True, align: Align = "left", after: float = 0) -> Text:
    """A paragraph of a letter."""
    return Text(
        words,
        SIZE,
        align=align,
        indent=2 * SIZE if indent else 0,
        leading=28,
        after=after,
        font=TEXT_FONT,
    )


def signed(*, note: str = "（印章）", small: bool = False) -> list[Block]:
    """Who stands for it, and the day, to the right."""
    size, leading = (FORM_SIZE, 22) if small else (SIZE, 28)

    def line(words: str, before: float = 0) -> Text:
        kept = before > 0
        return Text(
            *(words, size, False, "right"),
            before=before,
            leading=leading,
            after=0,
            font=TEXT_FONT,
            keep=kept,
        )

    return [line("{{发文机关}}" + note, 12 if small else 28), line("{{成文日期}}")]


def label(words: str) -> Cell:
    """The name of a fact."""
    return Cell([Text(words, FORM_SIZE, align="center", after=0, font=LABEL_FONT)])


def fact(words: str, across: int = 1, *, middle: bool = True) -> Cell:
    """A fact; several lines where the placeholder stands alone."""
    lines = [Text(one, FORM_SIZE, after=0, font=TEXT_FONT) for one in words.split("\n")]
    return Cell(lines, across=across, middle=middle)


def form(*rows: Row | tuple[str, str, float]) -> Grid:
    """A table of facts: four cells are two facts; two are one across, perhaps of some height."""
    cells: list[list[str | Cell | None]] = []
    heights = []
    for row in rows:
        if len(row) == 4:
            one, two, three, four = (str(words) for words in row)
            cells.append([label(one), fact(two), label(three), fact(four)])
            heights.append(28.0)
        else:
            tall = float(row[2]) if len(row) == 3 else 28.0
            value = fact(str(row[1]), 3, middle=tall <= 40)
            cells.append([label(str(row[0])), value, None, None])
            heights.append(tall)
    return Grid(cells, WIDE, FORM_SIZE, head=0, heights=heights)


def listed(headings: Row, line: Row, wide: Sequence[float]) -> Grid:
    """A table with a line for each item of a list."""
    names = [label(name) for name in headings]
    values = [fact(words) for words in line]
    return Grid([names, values], wide, FORM_SIZE, heights=(26, 26))


def note(words: str) -> Text:
    """What stands small below a form."""
    return Text(words, 10.5, before=6, after=0, leading=17, font=TEXT_FONT)


APPEAL: tuple[Row, ...] = (
    ("诉求编号", "{{诉求编号}}", "市级编号", "{{市级编号}}"),
    ("诉求标题", "{{诉求标题}}"),
    ("诉求分类", "{{诉求分类}}", "来源渠道", "{{来源渠道}}"),
    ("诉求地点", "{{诉求地点}}"),
)


def papers() -> dict[str, Paper]:
    """The eight papers."""
    return {
        "acceptance": letter(
            "民呼我应诉求受理告知书",
            [
                text("{{诉求人称呼}}：", indent=False),
                text(
                    "您于{{登记时间}}通过“{{来源渠道}}”反映的“{{诉求标题}}”一事（诉求编号："
                    "{{诉求编号}}），经审核符合受理条件，已于{{受理时间}}受理。现将有关事项告知如下："
                ),
                text("一、事项分类为{{诉求分类}}。"),
                text(
                    "二、办理时限为{{办理时限}}。因客观原因确需延期的，承办单位将在到期前说明"
                    "理由并告知您。"
                ),
                text("三、您可凭诉求编号和登记电话查询办理进度；办结以后，我们将回访并请您评价。"),
                text("四、办理期间需要补充材料或者撤回诉求的，请告知我们。"),
                text("特此告知。"),
                *signed(),
            ],
        ),
        "assignment": sheet(
            "民呼我应诉求交办单",
            [
                form(
                    ("主办单位", "{{主办单位}}", "缓急程度", "{{缓急程度}}"),
                    ("协办单位", "{{协办单位}}"),
                    *APPEAL,
                    ("诉求内容", "{{诉求内容}}", 110),
                    ("附　　件", "{{附件}}"),
                    ("交办意见", "{{交办意见}}", 64),
                    ("交办时间", "{{交办时间}}", "签收时限", "{{签收时限}}"),
                    ("联系时限", "{{首次联系时限}}", "办理时限", "{{办理时限}}"),
                    ("经 办 人", "{{经办人}}", "登记时间", "{{登记时间}}"),
                ),
                note(
                    "说明：主办单位为首接责任单位，须在时限内签收、联系诉求人、办结并答复；认为"
                    "不属本单位职责的，在签收时限内申请退单。诉求人信息在系统中按权限查看，不得"
                    "外传。"
                ),
                *signed(small=True),
            ],
        ),
        "return": sheet(
            "民呼我应诉求退单申请单",
            [
                form(
                    ("申请单位", "{{申请单位}}", "申请时间", "{{申请时间}}"),
                    *APPEAL,
                    ("诉求内容", "{{诉求内容}}", 90),
                    ("交办时间", "{{交办时间}}", "办理时限", "{{办理时限}}"),
                    ("退单理由", "{{申请理由}}", 90),
                    ("建议承办单位", "{{建议承办单位}}"),
                    ("经 办 人", "{{经办人}}", "裁定结果", "{{裁定结果}}"),
                    ("裁定意见", "{{裁定意见}}", 60),
                ),
                note("说明：裁定之前仍由申请单位负责；裁定后同一单位不得再次退单。"),
                *signed(small=True),
            ],
        ),
        "extension": sheet(
            "民呼我应诉求延期审批表",
            [
                form(
                    ("申请单位", "{{申请单位}}", "申请时间", "{{申请时间}}"),
                    *APPEAL,
                    ("诉求内容", "{{诉求内容}}", 80),
                    ("现行时限", "{{办理时限}}", "延长时间", "{{延长时间}}"),
                    ("延期理由", "{{申请理由}}", 64),
                    ("告知诉求人", "{{告知诉求人}}", 56),
                    ("审批结果", "{{审批结果}}", "审批时间", "{{审批时间}}"),
                    ("审批意见", "{{审批意见}}", 60),
                    ("审 批 人", "{{审批人}}", "经 办 人", "{{经办人}}"),
                ),
                note("说明：延期只能一次，不超过原时限，须在到期前提出并告知诉求人。"),
                *signed(small=True),
            ],
        ),
        "supervision": letter(
            "民呼我应督办单",
            [
                text("{{主送}}：", indent=False),
                text(
                    "你单位承办的“{{诉求标题}}”（诉求编号：{{诉求编号}}，办理时限：{{办理时限}}），"
                    "因{{督办起因}}，现予督办。督办级别：{{督办级别}}。"
                ),
                text("督办理由：{{督办理由}}"),
                text(
                    "请于{{回复时限}}前书面回复办理情况、未办结的原因和下一步措施。逾期不回复的，"
                    "督办级别自动提升。",
                    after=10,
                ),
                Grid(
                    [
                        [
                            label("主办单位"),
                            fact("{{主办单位}}"),
                            label("协办单位"),
                            fact("{{协办单位}}"),
                        ],
                        [
                            label("督 办 人"),
                            fact("{{督办人}}"),
                            label("督办时间"),
                            fact("{{督办时间}}"),
                        ],
                        [label("诉求地点"), fact("{{诉求地点}}", 3), None, None],
                    ],
                    WIDE,
                    FORM_SIZE,
                    head=0,
                    heights=(28, 28, 28),
                ),
                *signed(),
            ],
        ),
        "handover": letter(
            "民呼我应诉求移交单",
            [
                text("{{主送}}：", indent=False),
                text(
                    "我单位于{{登记时间}}登记的“{{诉求标题}}”（诉求编号：{{诉求编号}}，移交单号："
                    "{{移交单号}}），经审核属于贵单位职责范围，现予移交。"
                ),
                text("移交理由：{{移交理由}}"),
                text("诉求内容：{{诉求内容}}"),
                text("所在地点：{{诉求地点}}。附件：{{附件}}。"),
                text("诉求人信息另按规定密送。请签收后将回执反馈我单位。"),
                *signed(),
                Text(
                    "移 交 回 执",
                    SIZE,
                    True,
                    "center",
                    before=14,
                    after=6,
                    font=LABEL_FONT,
                    keep=True,
                ),
                Grid(
                    [
                        [label("移交单号"), fact("{{移交单号}}"), label("接收单位"), fact("")],
                        [label("接 收 人"), fact(""), label("接收时间"), fact("")],
                    ],
                    WIDE,
                    FORM_SIZE,
                    head=0,
                    heights=(30, 30),
                ),
            ],
        ),
        "minutes": letter(
            "民呼我应会商纪要",
            [
                text(
                    "{{会商时间}}，在{{会商地点}}就“{{诉求标题}}”（诉求编号：{{诉求编号}}，会商"
                    "编号：{{会商编号}}）召开会商会。纪要如下："
                ),
                text("一、会商议题：{{会商议题}}"),
                text("二、会商情况"),
                text("{{会商记录}}"),
                text(
                    "三、会商裁定：依据权责清单“{{权责清单条目}}”，由{{承办单位}}承办，于"
                    "{{接办期限}}前接办。"
                ),
                text("{{裁定意见}}", after=10),
                listed(("参加单位", "参加人签字"), ("{{参加单位.名称}}", ""), (2, 3)),
                text("裁定人：{{裁定人}}", indent=False),
                *signed(),
            ],
        ),
        "completion": sheet(
            "民呼我应诉求办结报告",
            [
                form(
                    ("主办单位", "{{主办单位}}", "协办单位", "{{协办单位}}"),
                    *APPEAL,
                    ("诉求内容", "{{诉求内容}}", 70),
                    ("签收时间", "{{签收时间}}", "首次联系", "{{首次联系时间}}"),
                    ("办理时限", "{{办理时限}}", "办结时间", "{{办结时间}}"),
                    ("办理结果", "{{办理结果}}", 80),
                    ("是否解决", "{{是否解决}}", "经 办 人", "{{经办人}}"),
                ),
                Text("办理过程", FORM_SIZE, True, before=4, after=4, font=LABEL_FONT),
                listed(
                    ("序号", "时间", "事项"),
                    ("{{办理过程.序号}}", "{{办理过程.时间}}", "{{办理过程.事项}}"),
                    (0.7, 1.8, 5.5),
                ),
                Text(
                    spans=[
                        Span("签发人（分管领导）：{{签发人}}　　", FORM_SIZE),
                        Span("签发日期：{{签发日期}}", FORM_SIZE),
                    ],
                    before=10,
                    after=0,
                    font=TEXT_FONT,
                ),
                *signed(small=True),
            ],
        ),
    }


def letter(title: str, blocks: Sequence[Block]) -> Paper:
    """A paper of running text."""
    return Paper(title, [*head(title), *blocks], margins=MARGINS)


def sheet(title: str, blocks: Sequence[Block]) -> Paper:
    """A paper that is a form."""
    return Paper(title, [*head(title, form=True), *blocks], margins=FORM_MARGINS)


def main() -> int:
    """Write all eight."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for code, paper in papers().items():
        (FOLDER / f"{code}.docx").write_bytes(as_docx(paper))
    return 0


if __name__ == "__main__":
    sys.exit(main())

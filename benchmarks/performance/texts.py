"""Ten texts of an annual report, of real length, as offices write them: own sentences with figures, seeded.

A text takes some sentences of its subject in an order of its own, and every sentence leaves choices open, so that
offices share phrases; some texts are a model's word for word. What is said of applications is what the table says.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from random import Random
from types import MappingProxyType

#: Characters of the ten texts of one return, about.
LENGTH = 2_000
#: Texts that are one of the county's models word for word, and how many of these there are of each subject.
_COPIED, _MODELS = 0.15, 3
_SLOT = re.compile(r"\{(\w+)\}")
_CHOICES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "who": ("办公室", "综合科", "政策法规科", "局办公会议", "公开工作专班", "信息中心", "分管领导", "业务科室"),
        "what": (
            "惠民政策",
            "项目审批",
            "行政执法",
            "财政资金",
            "民生实事",
            "安全生产",
            "规划计划",
            "招投标",
            "人事招考",
        ),
        "how": (
            "逐条登记",
            "分类建账",
            "按周调度",
            "当日转办",
            "限时办结",
            "先审后发",
            "双人复核",
            "留痕管理",
            "集中会商",
        ),
        "where": (
            "门户网站",
            "政务新媒体",
            "办事大厅公告栏",
            "村务公开栏",
            "基层公开专区",
            "政务服务窗口",
            "公共图书馆",
        ),
        "when": ("一季度", "上半年", "年中", "三季度", "下半年", "年底前", "每季度末"),
        "many": ("较好", "明显", "稳步", "持续", "有序", "逐步"),
        "lack": ("不够及时", "不够全面", "深度不足", "形式单一", "更新偏慢", "针对性不强", "衔接不畅"),
        "do": ("完善目录", "细化流程", "加强培训", "压实责任", "充实力量", "改进解读", "打通渠道", "优化栏目"),
    }
)
_SENTENCES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "disclosure": (
            "围绕{what}和{what}两个重点，由{who}牵头梳理应公开的内容，{when}完成一次全面清查，补齐缺项{n}处。",
            "发布前由{who}把关，实行{how}，对涉及个人隐私的内容先作技术处理再上网。",
            "在{where}开设{what}专栏，文件、解读、问答放在一处，群众查找更方便，栏目浏览量{many}增长。",
            "重要决策出台前在{where}征求意见，{when}共征集到建议{n}条，采纳情况一并反馈。",
            "政策解读采用文字、图表、短视频等形式，由{who}起草、主要负责人审定，{when}集中推出{n}期。",
            "把{what}领域作为公开的重点，标准目录随职责调整而更新，做到事项清楚、时限清楚、责任清楚。",
        ),
        "requests": (
            "答复前由{who}与法律顾问会商，依据和救济渠道写全写准，避免因表述不清引发争议。",
            "受理环节实行{how}，申请从登记到答复各有专人，{when}由{who}抽查案卷。",
            "对内容不明确的申请，先电话沟通再书面告知补正，帮助申请人说清所需信息。",
            "线上线下渠道同时畅通，{where}公布了受理地址、电话和办理流程图，方便群众就近提出。",
            "对反映较集中的{what}问题，答复后转入主动公开，从源头上减少重复申请。",
        ),
        "management": (
            "修订信息发布审核办法，明确{who}初审、分管领导复审、主要负责人终审，实行{how}。",
            "{when}对历史信息开展清理，失效文件作出标注，表述过时的页面更新{n}个。",
            "建立公文公开属性源头认定机制，拟稿时由{who}提出意见，不予公开的写明理由。",
            "{what}类信息由{who}统一归口，台账{how}，每条信息可以查到来源和经办人。",
            "定期用软件扫描错别字和敏感表述，{when}整改问题{n}处，未发生失泄密情况。",
        ),
        "platform": (
            "对{where}的栏目作了归并，保留群众常用的入口，首页打开速度{many}提升。",
            "{where}的日常巡查由{who}负责，发现空白栏目、失效链接即时处理，{when}通报一次结果。",
            "政务新媒体坚持少而精，{when}注销无力维护的账号{n}个，其余账号落实{how}。",
            "在{where}增设自助查询设备，老年人可以由工作人员陪同查阅{what}信息。",
            "站内检索支持按主题、文号、日期组合查找，{what}信息可以一键下载。",
        ),
        "safeguards": (
            "把公开工作列入年度考核，{who}按季打分，结果与评优挂钩，考核分值占百分之{n}。",
            "{when}举办业务培训{n}期，内容包括条例解读、案例分析和系统操作，经办人员全部参加。",
            "设立监督电话和意见箱，由{who}专人接听，群众反映的问题实行{how}。",
            "邀请人大代表、政协委员和群众代表开展满意度评议，对{what}方面的意见逐条改进。",
            "配备专职人员{n}名、兼职人员若干，岗位变动时当面交接，工作不断档。",
        ),
        "problems": (
            "{what}领域的公开{lack}，少数科室对哪些该公开、什么时候公开把握不准。",
            "解读材料{lack}，专业词句较多，图表偏少，群众看不懂、不爱看的情况仍然存在。",
            "基层经办人员多为兼职，流动较快，对条例和工作流程的掌握{lack}。",
            "{where}的内容与业务系统之间{lack}，同一事项多处发布时口径偶有出入。",
            "依申请答复文书的质量参差不齐，对法律依据的引用{lack}，与{who}的沟通有待加强。",
        ),
        "improvement": (
            "一是{do}，由{who}对照条例和上级清单逐项核对，{when}完成调整。",
            "二是{do}，围绕{what}开展专题培训{n}期，新到岗人员先培训后上岗。",
            "三是{do}，把解读与文件同步起草、同步审核、同步发布，多用图解和问答。",
            "四是{do}，{where}与业务系统对接，一次录入、多处同源，减少重复填报。",
            "同时对{how}的落实情况开展回头看，由{who}形成整改清单，逐项销号。",
        ),
        "items": (
            "{what}方面的政策解读由{who}统筹，{when}组织政府开放日活动{n}场，邀请群众走进机关。",
            "按照重点领域公开的部署，{what}信息在{where}集中展示，实行{how}。",
            "建议提案办理结果除涉密外全部公开，{when}由{who}统一汇总并回访代表委员。",
            "基层公开标准化规范化工作{many}推进，事项目录延伸到社区，{where}同步更新。",
        ),
        "anything": (
            "{who}把上述情况纳入{when}工作小结，向主要负责人作了专题汇报，并抄送各科室对照检查。",
            "对照上级通报的共性问题，{who}会同{who}举一反三，{how}，没有发现同类情况。",
            "与往年相比，{what}方面的做法更加规范，群众来电来访中的相关咨询{many}减少。",
            "有关材料由{who}整理归档，{where}保留了可供查验的记录。",
            "下属单位参照执行，{who}在{when}进行了实地走访，现场答疑{n}人次。",
        ),
    }
)
#: The subject of each text of the 2021 form.
_SUBJECTS: Mapping[str, str] = MappingProxyType(
    {
        "overview.disclosure": "disclosure",
        "overview.requests": "requests",
        "overview.management": "management",
        "overview.platform": "platform",
        "overview.safeguards": "safeguards",
        "overview.assessment": "safeguards",
        "problems.existing": "problems",
        "problems.improvement": "improvement",
        "others.fee": "",
        "others.items": "items",
    }
)


def texts(chance: Random, counts: Mapping[str, int]) -> dict[str, str]:
    """The ten texts of an office; ``counts`` are the applications of its table: new, natural, closed, granted, out."""
    out = {}
    for name, subject in _SUBJECTS.items():
        lead = ""
        if name == "overview.requests":
            lead = (
                f"全年收到政府信息公开申请{counts['new']}件，其中自然人申请{counts['natural']}件；"
                f"本年度办结{counts['closed']}件，其中予以公开{counts['granted']}件，结转下年度继续办理{counts['out']}件。"
            )
        out[name] = _text(chance, subject, lead) if subject else _fee(chance)
    return out


def _text(chance: Random, subject: str, text: str) -> str:
    if chance.random() < _COPIED:
        chance = Random(f"{subject}/{chance.randrange(_MODELS)}")  # noqa: S311 - test data
    own, common = _SENTENCES[subject], _SENTENCES["anything"]
    for pattern in [*chance.sample(own, len(own)), *chance.sample(common, len(common))]:
        if len(text) > LENGTH / len(_SUBJECTS):
            break
        text += _SLOT.sub(lambda slot: _filled(chance, slot[1]), pattern)
    return text


def _filled(chance: Random, slot: str) -> str:
    return str(chance.randrange(2, 60)) if slot == "n" else chance.choice(_CHOICES[slot])


def _fee(chance: Random) -> str:
    return _SLOT.sub(
        lambda slot: _filled(chance, slot[1]),
        "按照信息处理费管理办法，由{who}会同财务人员对申请数量和频次逐件核对，{when}复核一次。本年度没有收取信息处理费。",
    )

"""Facts of appeals and their constraints; only `actions` write them."""

from huying.cases.models.beside import (
    Callback,
    CaseRequest,
    SupervisionOrder,
    SupervisionTrigger,
)
from huying.cases.models.calls import Call, CallEvent, CallLevel
from huying.cases.models.case import (
    APPEND_ONLY,
    Appellant,
    Attachment,
    Case,
    CaseClock,
    CaseEvent,
    CaseUnit,
    Category,
    ClockRule,
    Evaluation,
    NumberSeries,
    RoutingRule,
    Unmasking,
)
from huying.cases.models.city import CityCheck, CityDifference, CityMessage
from huying.cases.models.knowledge import Article, ArticleVersion, ReplyTemplate
from huying.cases.models.meetings import Meeting
from huying.cases.models.outward import Handover, Publication
from huying.cases.models.papers import (
    IssuedPaper,
    PaperNumbering,
    PaperSigning,
    PaperTemplate,
)
from huying.cases.models.sendings import LastLook, Sending

__all__ = [
    "APPEND_ONLY",
    "Appellant",
    "Article",
    "ArticleVersion",
    "Attachment",
    "Call",
    "CallEvent",
    "CallLevel",
    "Callback",
    "Case",
    "CaseClock",
    "CaseEvent",
    "CaseRequest",
    "CaseUnit",
    "Category",
    "CityCheck",
    "CityDifference",
    "CityMessage",
    "ClockRule",
    "Evaluation",
    "Handover",
    "IssuedPaper",
    "LastLook",
    "Meeting",
    "NumberSeries",
    "PaperNumbering",
    "PaperSigning",
    "PaperTemplate",
    "Publication",
    "ReplyTemplate",
    "RoutingRule",
    "Sending",
    "SupervisionOrder",
    "SupervisionTrigger",
    "Unmasking",
]

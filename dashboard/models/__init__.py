"""Every table of the desk. A fact is a row with a date and an author; what follows from facts is in `plans`."""

from dashboard.models.authorizations import Authorization
from dashboard.models.customers import Customer, CustomerErasure, PaymentMethod, TierPriority
from dashboard.models.deals import (
    DealFinding,
    DealRank,
    DealResultPage,
    DealRun,
    DealSchedule,
    DealSegment,
    DealSku,
    DealVariant,
)
from dashboard.models.deliveries import Delivery, DeliveryLine
from dashboard.models.estimates import (
    CancelRisk,
    DemandEstimate,
    DemandForecast,
    ForecastRecord,
    KeptDates,
    LatenessCount,
    LatenessOutlook,
    LatenessShift,
    LeadTimeCount,
    RiskModel,
    ServiceLevel,
    ShownDate,
    SkuFigure,
)
from dashboard.models.history import Act, DailySnapshot, Submission, TopicVersion
from dashboard.models.holds import Hold
from dashboard.models.jobs import JobClaim, JobRun, RateCount
from dashboard.models.loads import IntakeChange, IntakeFault, IntakeFile, IntakeLoad
from dashboard.models.mail_to_me import AlertCase, MailChoice, MailHabit, ReportSchedule
from dashboard.models.messages import (
    CardRequest,
    Consent,
    CustomerLink,
    DelayNotice,
    IncentiveOffer,
    Message,
    MessageFile,
    MessagePart,
    OfferCeiling,
)
from dashboard.models.orders import LinePart, LineTag, Order, OrderLine
from dashboard.models.people import Preference, Role, SignInSession, User
from dashboard.models.plans import (
    AgingCustomers,
    AgingDay,
    LinePlan,
    PaymentDay,
    Peg,
    PlanState,
    Reservation,
    RiskBand,
    Waiting,
    WaitingDay,
)
from dashboard.models.purchase_orders import (
    PurchaseOrder,
    PurchaseOrderLetter,
    PurchaseOrderLine,
    Receipt,
    ReceiptLine,
    SupplierReassignment,
)
from dashboard.models.refunds import Refund
from dashboard.models.saved_views import SavedView
from dashboard.models.search import SearchText, SearchWord
from dashboard.models.settings import KeptSetting
from dashboard.models.shipments import Cancellation, Shipment, ShipmentLine, ShipmentSplit
from dashboard.models.skus import DemandEvent, Location, Sku, Stock, StockDay
from dashboard.models.supplier_figures import SupplierFigures, SupplierMonth
from dashboard.models.suppliers import Supplier, SupplierCalendar, SupplierClosure, SupplierSku
from dashboard.models.texts import KeptText
from dashboard.models.worklist import Assignment, CallBack, Note, OrderFollow

__all__ = [
    "Act", "AgingCustomers", "AgingDay", "AlertCase", "Assignment", "Authorization", "CallBack", "CancelRisk",
    "Cancellation", "CardRequest", "Consent", "Customer", "CustomerErasure", "CustomerLink", "DailySnapshot",
    "DealFinding", "DealRank", "DealResultPage", "DealRun", "DealSchedule", "DealSegment", "DealSku", "DealVariant",
    "DelayNotice", "Delivery", "DeliveryLine", "DemandEstimate", "DemandEvent", "DemandForecast", "ForecastRecord",
    "Hold",
    "IncentiveOffer", "IntakeChange", "IntakeFault", "IntakeFile", "IntakeLoad", "JobClaim", "JobRun", "KeptDates",
    "KeptSetting", "KeptText", "LatenessCount", "LatenessOutlook", "LatenessShift", "LeadTimeCount", "LinePart",
    "LinePlan", "LineTag", "Location", "MailChoice", "MailHabit", "Message", "MessageFile", "MessagePart", "Note",
    "OfferCeiling", "Order", "OrderFollow", "OrderLine", "PaymentDay", "PaymentMethod", "Peg", "PlanState",
    "Preference", "PurchaseOrder", "PurchaseOrderLetter", "PurchaseOrderLine", "RateCount", "Receipt", "ReceiptLine",
    "Refund", "ReportSchedule", "Reservation", "RiskBand", "RiskModel", "Role", "SavedView", "SearchText", "SearchWord",
    "ServiceLevel", "Shipment", "ShipmentLine", "ShipmentSplit", "ShownDate", "SignInSession", "Sku", "SkuFigure",
    "Stock", "StockDay", "Submission", "Supplier", "SupplierCalendar", "SupplierClosure", "SupplierFigures",
    "SupplierMonth", "SupplierReassignment", "SupplierSku", "TierPriority", "TopicVersion", "User", "Waiting",
    "WaitingDay",
]  # fmt: skip

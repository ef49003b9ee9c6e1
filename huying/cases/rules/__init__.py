"""What law or district decides about an appeal: pure tables and functions, no ORM or I/O."""

from huying.cases.rules.states import CAUSES, CHANNELS, GRADES, LIVE, REFUSALS, STATES

__all__ = ["CAUSES", "CHANNELS", "GRADES", "LIVE", "REFUSALS", "STATES"]

"""Where nothing was deemed there is nothing that a correction could shake."""

import pytest

from app.procedure import positions
from app.procedure.calendar import ENGLAND_AND_WALES
from app.procedure.events import SAFEGUARDING_PARTNERS
from app.procedure.history import History
from app.procedure.obligation import ClockSettings


@pytest.mark.duty("B1-08", "N-04")
def test_a_correction_shakes_no_deeming_that_never_was() -> None:
    told = History([], ENGLAND_AND_WALES, ClockSettings())
    assert [positions.deeming_stands(told, party) for party in SAFEGUARDING_PARTNERS] == [True, True, True]

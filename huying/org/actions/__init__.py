"""Verbs of the organisation: each one function, one transaction, one audit row."""

from huying.org.actions.duty import cancel_shift, plan_shift
from huying.org.actions.handing import hand_over_shift, object_to_handover, take_over_shift
from huying.org.actions.imports import (
    IMPORT,
    Plan,
    import_workbook,
    kind_words,
    open_upload,
    plan_import,
    start_import,
)
from huying.org.actions.keys import issue_key, note_key_use, revoke_key
from huying.org.actions.people import (
    PersonRow,
    close_person,
    create_person,
    edit_person,
    install_people,
    set_preferences,
)
from huying.org.actions.posts import (
    close_post,
    create_post,
    edit_role,
    end_post,
    give_post,
    install_roles,
)
from huying.org.actions.sessions import (
    change_password,
    end_session,
    note_second_factor,
    note_sign_in,
    note_sign_in_failed,
    note_sign_out,
    reset_password,
    reset_second_factor,
)
from huying.org.actions.units import (
    UnitRow,
    close_unit,
    create_unit,
    install_units,
    move_unit,
    rename_unit,
    set_boundary,
)
from huying.org.roles import grant_by_default

__all__ = [
    "IMPORT",
    "PersonRow",
    "Plan",
    "UnitRow",
    "cancel_shift",
    "change_password",
    "close_person",
    "close_post",
    "close_unit",
    "create_person",
    "create_post",
    "create_unit",
    "edit_person",
    "edit_role",
    "end_post",
    "end_session",
    "give_post",
    "grant_by_default",
    "hand_over_shift",
    "import_workbook",
    "install_people",
    "install_roles",
    "install_units",
    "issue_key",
    "kind_words",
    "move_unit",
    "note_key_use",
    "note_second_factor",
    "note_sign_in",
    "note_sign_in_failed",
    "note_sign_out",
    "object_to_handover",
    "open_upload",
    "plan_import",
    "plan_shift",
    "rename_unit",
    "reset_password",
    "reset_second_factor",
    "revoke_key",
    "set_boundary",
    "set_preferences",
    "start_import",
    "take_over_shift",
]

//! The parts of `check`, each against a mock of its own.
mod check;

#[test]
fn json_is_read_and_written() {
    check::json();
}

#[test]
fn messages_reach_who_listens() {
    check::messages();
}

#[test]
fn mailboxes_are_bounded() {
    check::mailboxes();
}

#[test]
fn requests_have_one_reply() {
    check::requests();
}

#[test]
fn keys_are_kept() {
    check::keys();
}

#[test]
fn files_are_relative_to_handles() {
    check::files();
}

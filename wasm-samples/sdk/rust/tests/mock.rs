//! What only the mock can show: several processes, failures on order, answers, responses.
use astrid::*;
use std::io::Read;
use std::time::Duration;

const SOON: Duration = Duration::from_micros(1);

#[test]
fn processes_take_turns() {
    let inbox = subscribe("room.>").unwrap();
    let home = Dir::preopen("/home").unwrap();
    mock::act_as(2);
    publish("room.a", "from two").unwrap();
    mock::act_as(1);
    assert_eq!(inbox.receive().unwrap().source(), 2);
    assert_eq!(inbox.receive().unwrap_err(), Error::EDEADLK);
    let token = home.token(2, Rights::READ, SOON).unwrap();
    assert_eq!(token.redeem_dir().unwrap_err(), Error::EACCES);
    mock::act_as(2);
    assert_eq!(token.revoke(), Err(Error::EACCES));
    token.redeem_dir().unwrap();
    let late = home.token(2, Rights::READ, SOON).unwrap();
    assert_eq!(inbox.receive_timeout(2 * SOON).unwrap_err(), Error::ETIMEDOUT);
    assert_eq!(late.redeem_dir().unwrap_err(), Error::ETIMEDOUT);
}

#[test]
fn failures_come_on_order() {
    mock::fail_next("publish", Error::ENOTCAPABLE);
    assert_eq!(publish("a.b", "x"), Err(Error::ENOTCAPABLE));
    assert_eq!(publish("a.b", "x"), Ok(()));
    mock::fail_next("kv_set", Error::EDQUOT);
    assert_eq!(Store::own().set("a", "x"), Err(Error::EDQUOT));
    assert_eq!(format!("{:?}, {}", Error::EDQUOT, Error::EDQUOT), "EDQUOT(19), EDQUOT: a budget or quota is used up");
}

#[test]
fn capabilities_are_asked_for() {
    let action = Json::parse("{\"kind\":\"file\",\"path\":\"/home/**\",\"rights\":[\"read\"]}").unwrap();
    assert_eq!(request_capability(&action, SOON), Err(Error::EACCES));
    mock::answer(Err(Error::ETIMEDOUT));
    assert_eq!(request_capability(&action, SOON), Err(Error::ETIMEDOUT));
    mock::answer(Ok(()));
    request_capability(&action, SOON).unwrap().redeem_dir().unwrap();
}

#[test]
fn responses_stream() {
    mock::respond("https://example.org/a", "HTTP/1.1 200 OK\r\nContent-Type:  text/plain \r\n\r\nthe body");
    assert_eq!(Request::get("https://example.org/b").send().unwrap_err(), Error::ENOTCAPABLE);
    let mut response = Request::new("POST", "https://example.org/a").header("accept", "*/*").body("x").send().unwrap();
    assert_eq!((response.status(), response.header("content-type")), (200, Some("text/plain")));
    let mut body = String::new();
    response.read_to_string(&mut body).unwrap();
    assert_eq!(body, "the body");
    for broken in ["HTTP/2 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 2x0 OK\r\n\r\n"] {
        mock::respond("https://example.org/a", broken);
        assert_eq!(Request::get("https://example.org/a").send().unwrap_err(), Error::EPROTO);
    }
}

#[test]
fn programs_are_started() {
    mock::exit_status(3);
    assert_eq!(spawn("/bin/x", &["a", "b"], None).unwrap().wait(), Ok(3));
    assert_eq!(spawn("/bin/x", &["a\0b"], None).unwrap_err(), Error::EINVAL);
    log(Level::Warn, "seen").unwrap();
    assert_eq!(mock::logged(), [(3, "seen".to_string())]);
}

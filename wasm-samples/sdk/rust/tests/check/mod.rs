// Each part panics where something is not as it should be. Included by tests and by a program for the real host.
use astrid::*;
use std::io::{Read, Write};
use std::time::Duration;

#[allow(dead_code)]
pub const PARTS: [(&str, fn()); 6] = [("json", json), ("messages", messages), ("mailboxes", mailboxes), ("requests", requests), ("keys", keys), ("files", files)];

const SOON: Duration = Duration::from_millis(1);
const LONG: Duration = Duration::from_secs(60);

pub fn json() {
    let text = "{\"te\\\"xt\":\"a\\\\\\u000a ü\",\"n\":-1.5,\"list\":[1,true,null,{}]}";
    let value = Json::parse(text).unwrap();
    assert_eq!(value.to_string(), text);
    assert_eq!(value["te\"xt"].as_str(), Some("a\\\n ü"));
    assert_eq!((value["n"].as_f64(), value["list"].items().len(), &value["none"]), (Some(-1.5), 4, &Json::Null));
    assert_eq!(Json::parse("\"\\ud83d\\ude00\\ud83d!\"").unwrap().as_str(), Some("😀\u{fffd}!"));
    for broken in ["", "{", "{\"a\"}", "[1,]", "01", "1.", "+1", "\"\\x\"", "\"\\u12\"", "\"\n\"", "nul", "1 2", &"[".repeat(100_000)] {
        assert_eq!(Json::parse(broken), Err(Error::EINVAL), "{broken:.20}");
    }
}

pub fn messages() {
    let inbox = subscribe("check.*.b").unwrap();
    Publication::new("check.a.b", Json::object([("n", 1.0.into())])).kind("Check.v1").send().unwrap();
    publish("check.a", "not for this one").unwrap();
    let long = "x".repeat(20_000);
    publish("check.c.b", long.as_str()).unwrap();
    let first = inbox.receive().unwrap();
    assert_eq!((first.subject(), first.kind(), first.source(), first.lost()), ("check.a.b", "Check.v1", pid(), 0));
    assert_eq!((first.json().unwrap()["n"].as_f64(), first.is_retained(), first.is_request()), (Some(1.0), false, false));
    let second = inbox.receive_timeout(LONG).unwrap();
    assert_eq!((second.content(), second.text(), second.id() > first.id()), (ContentType::Raw, Some(long.as_str()), true));
    assert_eq!(second.reply("nobody asked"), Err(Error::EINVAL));
    assert!(inbox.try_receive().unwrap().is_none());
    assert_eq!(inbox.receive_timeout(SOON).unwrap_err(), Error::ETIMEDOUT);
    for subject in ["", "check.*", "check.>", ".a", "a.", "a..b", "a b", "a\nb", &"a".repeat(257)] {
        assert_eq!(publish(subject, "x"), Err(Error::EINVAL), "{subject:.20}");
    }
}

pub fn mailboxes() {
    let all = Subscribe::new("check.>").capacity(4096).open().unwrap();
    let workers = [(); 2].map(|_| Subscribe::new("check.work").group("workers").open().unwrap());
    for _ in 0..100 {
        publish("check.work", "0123456789012345678901234567890123456789").unwrap();
    }
    assert!(all.receive().unwrap().lost() > 50);
    let taken: usize = workers.iter().map(|worker| std::iter::from_fn(|| worker.try_receive().unwrap()).count()).sum();
    assert_eq!(taken, 100);
    for text in ["old", "new"] {
        Publication::new("check.last", text).retain().send().unwrap();
    }
    let late = Subscribe::new("check.last").last_values().policy(Policy::Refuse).capacity(4096).open().unwrap();
    let last = late.receive().unwrap();
    assert_eq!((last.is_retained(), last.text()), (true, Some("new")));
    let sent = (0..1000).take_while(|_| publish("check.last", "x").map_err(|error| assert_eq!(error, Error::EAGAIN)).is_ok()).count();
    assert!((10..1000).contains(&sent));
    assert_eq!(Subscribe::new("check.a").capacity(5000).open().unwrap_err(), Error::EINVAL);
}

pub fn requests() {
    assert_eq!(request("check.nobody", "?", SOON).unwrap_err(), Error::EHOSTUNREACH);
    let server = subscribe("check.ask").unwrap();
    let pending = Pending::send("check.ask", "how much?", LONG).unwrap();
    let question = server.receive().unwrap();
    assert!(question.is_request());
    question.reply(Json::object([("much", 7.0.into())])).unwrap();
    assert_eq!(question.reply("again"), Err(Error::ENOENT));
    assert_eq!(pending.receive().unwrap().json().unwrap()["much"].as_f64(), Some(7.0));
    assert_eq!(request("check.ask", "?", SOON).unwrap_err(), Error::ETIMEDOUT);
}

pub fn keys() {
    let store = Store::own().durability(Durability::Relaxed);
    assert_eq!(store.get("check/none").unwrap(), None);
    let large = vec![7; 100_000];
    store.set("check/a", &large).unwrap();
    assert_eq!(store.get("check/a").unwrap(), Some(large));
    let keys: Vec<String> = (0..20).map(|i| format!("check/k{i:02}")).collect();
    keys.iter().fold(store.batch(), |batch, key| batch.set(key, key)).delete("check/a").commit().unwrap();
    assert_eq!((store.has("check/a").unwrap(), store.has("check/k03").unwrap()), (false, true));
    let found: Vec<_> = store.scan("check/k").collect::<Result<_>>().unwrap();
    assert!(found.iter().map(|(key, value)| (key, value.as_slice())).eq(keys.iter().map(|key| (key, key.as_bytes()))));
    for key in &keys {
        assert!(store.delete(key).unwrap());
    }
    assert!(!store.delete("check/k00").unwrap());
    assert_eq!((store.set("", "x"), store.set(&"k".repeat(1025), "x")), (Err(Error::EINVAL), Err(Error::ENAMETOOLONG)));
}

pub fn files() {
    assert_eq!(Dir::preopen("/no/such").unwrap_err(), Error::ENOENT);
    let home = Dir::preopen("/home").unwrap();
    home.write("check-rust.txt", "hello files").unwrap();
    let mut file = home.open("check-rust.txt", Flags::READ | Flags::WRITE).unwrap();
    file.write_all(b"H").unwrap();
    assert_eq!(file.write_at(b"F", 6).unwrap(), 1);
    let mut rest = String::new();
    file.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "ello Files");
    assert_eq!((file.stat().unwrap().kind, file.stat().unwrap().size), (Kind::File, 11));
    let new = Flags::WRITE | Flags::CREATE | Flags::NEW;
    assert_eq!(home.open("check-rust.txt", new).unwrap_err(), Error::EEXIST);
    assert_eq!(home.open("none.txt", Flags::READ).unwrap_err(), Error::ENOENT);
    assert_eq!(home.open("../etc/passwd", Flags::READ).unwrap_err(), Error::EPERM);
    let narrow = home.open_dir(".", Rights::READ).unwrap();
    assert_eq!(narrow.read("check-rust.txt").unwrap(), b"Hello Files");
    assert!(narrow.open("check-rust.txt", Flags::WRITE).is_err() && narrow.open("new.txt", new).is_err());
    assert!(narrow.list().unwrap().iter().any(|entry| entry.name == "check-rust.txt" && entry.kind == Kind::File));
    let token = narrow.token(pid(), Rights::READ, LONG).unwrap();
    assert!(narrow.token(pid(), Rights::READ | Rights::WRITE, LONG).is_err());
    assert_eq!(Token(token.0.map(|byte| byte ^ 1)).redeem_dir().unwrap_err(), Error::EBADMSG);
    assert_eq!(token.redeem_dir().unwrap().stat("check-rust.txt").unwrap().size, 11);
    assert_eq!(token.redeem_dir().unwrap_err(), Error::EALREADY);
    let revoked = narrow.token(pid(), Rights::READ, LONG).unwrap();
    revoked.revoke().unwrap();
    assert_eq!(revoked.redeem_dir().unwrap_err(), Error::ENOTCAPABLE);
    log(Level::Info, "checked").unwrap();
    log_fields(Level::Debug, &Json::object([("message", "checked".into())])).unwrap();
}

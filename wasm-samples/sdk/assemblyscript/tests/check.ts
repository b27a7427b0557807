// Every part of the module once. The same program runs against mock.mjs in node and as a guest against the real host.
import {
  Batch, Content, Dir, Errno, errnoName, Flags, JsonObject, Kind, lastErrno, Level, log, member, Payload, Pending, pid, Policy, publish, request, Rights, Store, Subscription,
} from "../astrid";

let failures = 0;

function that(good: bool, what: string): void {
  if (good) return;
  failures++;
  console.log("not ok " + what);
}

function errno(got: i32, expected: i32, what: string): void {
  that(got == expected, what + ": " + errnoName(got) + ", not " + errnoName(expected));
}

function json(): void {
  const text = new JsonObject().text('te"xt', "a\\\n ü").number("n", -1.5).bool("yes", true).value("list", '[1,{"text":2}]').toString();
  that(text == '{"te\\"xt":"a\\\\\\u000a ü","n":-1.5,"yes":true,"list":[1,{"text":2}]}', "written: " + text);
  that(member(text, 'te"xt') == "a\\\n ü" && member(text, "list") == '[1,{"text":2}]' && member(text, "n") == "-1.5", "read");
  that(member(text, "text") === null, "no such member");
  const broken = ["", "{", '{"a', '{"a"', '{"a":', '{"a":"', '{"a":"\\', '{"a":[', '{"a":[}', '{"b":1,', '{"b":1', '{"a":"\\u12"}', '{"a":"\\x"}', "[1]", "{}"];
  for (let i = 0; i < broken.length; i++) that(member(broken[i], "a") === null, broken[i]);
}

function messages(): void {
  const inbox = Subscription.open("check.*.b")!;
  const large = "x".repeat(20000);
  errno(publish("check.a.b", new JsonObject().number("n", 1).payload(), "Check.v1"), 0, "publish");
  errno(publish("check.a", Payload.text("not for this one")), 0, "publish elsewhere");
  errno(publish("check.c.b", Payload.text(large)), 0, "publish a large one");
  const one = inbox.receive()!;
  that(one.subject == "check.a.b" && one.type == "Check.v1" && one.source == pid() && one.lost == 0, "attributes");
  that(one.isJson && one.text == '{"n":1.0}' && !one.isRequest && !one.retained, "body " + one.text);
  const two = inbox.receive(60_000_000_000)!;
  that(two.content == Content.RAW && two.text == large && two.id > one.id, "large body");
  errno(two.reply(Payload.text("nobody asked")), Errno.EINVAL, "reply to no request");
  that(inbox.receive(0) === null, "none");
  errno(lastErrno(), Errno.EAGAIN, "receive none");
  that(inbox.receive(1_000_000) === null, "none in time");
  errno(lastErrno(), Errno.ETIMEDOUT, "receive in time");
  inbox.close();
  const subjects = ["", "check.*", "check.>", ".a", "a.", "a..b", "a b", "a\nb", "a".repeat(257)];
  for (let i = 0; i < subjects.length; i++) errno(publish(subjects[i], Payload.text("x")), Errno.EINVAL, "subject " + subjects[i]);
}

function mailboxes(): void {
  const all = Subscription.open("check.>", false, Policy.DROP_OLDEST, 4096)!;
  const workers = [Subscription.open("check.work", false, 0, 0, "workers")!, Subscription.open("check.work", false, 0, 0, "workers")!];
  for (let i = 0; i < 100; i++) errno(publish("check.work", Payload.text("0123456789012345678901234567890123456789")), 0, "publish");
  that(all.receive()!.lost > 50, "lost messages are counted");
  let taken = 0;
  for (let i = 0; i < 2; i++) {
    while (workers[i].receive(0) !== null) taken++;
    workers[i].close();
  }
  that(taken == 100, "each message has one worker");
  all.close();
  errno(publish("check.last", Payload.text("old"), "", true), 0, "retain");
  errno(publish("check.last", Payload.text("new"), "", true), 0, "retain");
  const late = Subscription.open("check.last", true, Policy.REFUSE, 4096)!;
  const last = late.receive()!;
  that(last.retained && last.text == "new", "last value");
  let sent = 0;
  while (sent < 1000 && publish("check.last", Payload.text("x")) == 0) sent++;
  that(sent > 10 && sent < 1000, "a full mailbox refuses");
  errno(lastErrno(), Errno.EAGAIN, "full");
  late.close();
  that(Subscription.open("check.a", false, 0, 5000) === null, "capacity");
  errno(lastErrno(), Errno.EINVAL, "capacity");
}

function requests(): void {
  that(request("check.nobody", Payload.text("?"), 1_000_000) === null, "nobody listens");
  errno(lastErrno(), Errno.EHOSTUNREACH, "nobody listens");
  const server = Subscription.open("check.ask")!;
  const pending = Pending.send("check.ask", Payload.text("how much?"), 60_000_000_000)!;
  const question = server.receive()!;
  that(question.isRequest, "it is a request");
  errno(question.reply(Payload.text("7")), 0, "reply");
  errno(question.reply(Payload.text("8")), Errno.ENOENT, "reply twice");
  that(pending.receive()!.text == "7", "answer");
  that(request("check.ask", Payload.text("?"), 1_000_000) === null, "nobody answers");
  errno(lastErrno(), Errno.ETIMEDOUT, "nobody answers");
  server.close();
}

function keys(): void {
  const store = new Store("", true);
  that(store.get("check/none") === null, "get none");
  errno(lastErrno(), Errno.ENOENT, "get none");
  const large = new ArrayBuffer(100_000);
  memory.fill(changetype<usize>(large), 7, large.byteLength);
  errno(store.set("check/a", large), 0, "set");
  const value = store.get("check/a")!;
  that(value.byteLength == 100_000 && load<u8>(changetype<usize>(value), 99_999) == 7, "get");
  const batch = new Batch();
  for (let i = 0; i < 20; i++) batch.set("check/k" + String.fromCharCode(97 + i), String.UTF8.encode(i.toString()));
  errno(store.commit(batch.delete("check/a")), 0, "commit");
  that(!store.has("check/a") && store.has("check/kc"), "has");
  const scan = store.scan("check/k");
  let seen = 0;
  for (let entry = scan.next(); entry !== null; entry = scan.next()) {
    that(entry.key == "check/k" + String.fromCharCode(97 + seen) && String.UTF8.decode(entry.value) == seen.toString(), "scan " + entry.key);
    seen++;
  }
  errno(lastErrno(), Errno.ENOENT, "end of the scan");
  that(seen == 20, "scan all");
  for (let i = 0; i < 20; i++) errno(store.delete("check/k" + String.fromCharCode(97 + i)), 0, "delete");
  errno(store.delete("check/ka"), Errno.ENOENT, "delete twice");
  errno(store.set("", large), Errno.EINVAL, "empty key");
  errno(store.set("k".repeat(1025), large), Errno.ENAMETOOLONG, "long key");
}

function files(): void {
  that(Dir.preopen("/no/such") === null, "preopen");
  const home = Dir.preopen("/home")!;
  errno(home.write("check-as.txt", String.UTF8.encode("hello files")), 0, "write");
  const file = home.open("check-as.txt", Flags.READ | Flags.WRITE)!;
  that(file.write(String.UTF8.encode("H")) == 1 && file.write(String.UTF8.encode("F"), 6) == 1, "write on and at");
  const room = new ArrayBuffer(100);
  that(file.read(room) == 10 && String.UTF8.decode(room.slice(0, 10)) == "ello Files" && file.read(room) == 0, "read on");
  that(file.stat()!.kind == Kind.FILE && file.stat()!.size == 11, "stat");
  file.close();
  that(home.open("check-as.txt", Flags.WRITE | Flags.CREATE | Flags.NEW) === null, "new");
  errno(lastErrno(), Errno.EEXIST, "new");
  that(home.read("none.txt") === null, "none");
  errno(lastErrno(), Errno.ENOENT, "none");
  that(home.open("../etc/passwd", Flags.READ) === null, "out");
  errno(lastErrno(), Errno.EPERM, "out");
  const narrow = home.openDir(".", Rights.READ)!;
  that(String.UTF8.decode(narrow.read("check-as.txt")!) == "Hello Files", "read");
  that(narrow.write("check-as.txt", room) != 0 && narrow.write("new.txt", room) != 0, "only reading");
  const names = narrow.list()!;
  let listed = false;
  for (let i = 0; i < names.length; i++) listed = listed || (names[i].name == "check-as.txt" && names[i].kind == Kind.FILE);
  that(listed, "listed");
  const token = narrow.token(pid(), Rights.READ, 60_000_000_000)!;
  that(narrow.token(pid(), Rights.READ | Rights.WRITE, 60_000_000_000) === null, "no more than its own rights");
  that(token.redeemDir()!.stat("check-as.txt")!.size == 11, "redeem");
  that(token.redeemDir() === null, "twice");
  errno(lastErrno(), Errno.EALREADY, "twice");
  const revoked = narrow.token(pid(), Rights.READ, 60_000_000_000)!;
  errno(revoked.revoke(), 0, "revoke");
  that(revoked.redeemDir() === null, "revoked");
  errno(lastErrno(), Errno.ENOTCAPABLE, "revoked");
  store<u8>(changetype<usize>(token.bytes), load<u8>(changetype<usize>(token.bytes)) ^ 1, 0);
  for (let i = 0; i < 96; i++) store<u8>(changetype<usize>(token.bytes) + i, ~load<u8>(changetype<usize>(token.bytes) + i));
  that(token.redeemDir() === null, "forged");
  errno(lastErrno(), Errno.EBADMSG, "forged");
  errno(log(Level.INFO, "checked"), 0, "log");
}

const parts: (() => void)[] = [json, messages, mailboxes, requests, keys, files];
const names = ["json", "messages", "mailboxes", "requests", "keys", "files"];
for (let i = 0; i < parts.length; i++) {
  const before = failures;
  parts[i]();
  if (failures == before) console.log("ok " + names[i]);
}
process.exit(failures > 0 ? 1 : 0);

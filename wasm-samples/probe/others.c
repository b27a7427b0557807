/* HTTP, processes, and what no host has. */
#include "probe.h"

void probe_http(void) {
  u32 handle = 0;
  show("astrid_http_request", "no request", astrid_http_request(T("hello"), &handle));
  show("astrid_http_request", "nothing", astrid_http_request(T(""), &handle));
  show("astrid_http_request", "a bad pointer", astrid_http_request(BAD, 100, &handle));
  show("astrid_http_request", "nowhere for the handle", astrid_http_request(T("GET https://example.org/ HTTP/1.1\r\n\r\n"), BAD));
}

void probe_processes(void) {
  u32 pid = 0, status = 0;
  if (show("astrid_spawn", "a program", astrid_spawn(T("/bin/true"), T(""), T(""), &pid))) {
    show("astrid_wait", "for it", astrid_wait(pid, &status));
    show("astrid_wait", "again", astrid_wait(pid, &status));
  }
  show("astrid_spawn", "an argument without its end", astrid_spawn(T("/bin/true"), T("-l"), T(""), &pid));
  show("astrid_spawn", "grants that are no JSON", astrid_spawn(T("/bin/true"), T(""), T("{"), &pid));
  show("astrid_spawn", "no path", astrid_spawn(T(""), T(""), T(""), &pid));
  show("astrid_spawn", "a bad pointer", astrid_spawn(BAD, 100, T(""), T(""), &pid));
  show("astrid_wait", "for nobody's child", astrid_wait(999999, &status));
  show("astrid_wait", "a bad pointer", astrid_wait(1, BAD));
  show("astrid_pid", "", astrid_pid() > 0 ? 0 : 52);
}

/* What its manifest does not name: the user is asked, if there is one. */
void probe_ungranted(void) {
  static char buffer[64];
  u32 out = 0;
  show("astrid_publish", "beyond its manifest", astrid_publish(T("elsewhere.a"), T("\x55" "hello"), 0));
  show("astrid_subscribe", "beyond its manifest", astrid_subscribe(T(">"), 0, &out));
  show("astrid_request", "beyond its manifest", astrid_request(T("elsewhere.ask"), T("\x55" "hello"), SECOND, &out));
  show("astrid_kv_set", "in another namespace", astrid_kv_set(T("elsewhere"), T("a"), T("one"), 0));
  show("astrid_kv_get", "in another namespace", astrid_kv_get(T("elsewhere"), T("a"), buffer, sizeof buffer, &out));
  show("astrid_http_request", "beyond its manifest", astrid_http_request(T("GET https://example.org/ HTTP/1.1\r\n\r\n"), &out));
  show("astrid_spawn", "beyond its manifest", astrid_spawn(T("/bin/ls"), T("-l\0"), T(""), &out));
}

/* What is not there must not keep the program from running. */
void probe_unknown(void) {
  show("astrid_teleport", "no function of the ABI", astrid_teleport(T("moon")));
  show("astrid_age", "one that gives an i64: 0", astrid_age() == 0 ? 52 : 29);
  show("nowhere.ratio", "one that gives an f64: 0", nowhere_ratio(2) == 0 ? 52 : 29);
  show("nowhere.call", "a module that nobody has", nowhere_call());
}

/* Key-value pairs, in the program's own namespace. */
#include "probe.h"

static char buffer[4096];

static void sets_and_gets(void) {
  u32 size = 0;
  show("astrid_kv_set", "a pair", astrid_kv_set(T(""), T("probe/a"), T("one"), 0));
  show("astrid_kv_set", "without waiting for the disk", astrid_kv_set(T(""), T("probe/b"), T("two"), 1));
  show("astrid_kv_set", "flags that are none", astrid_kv_set(T(""), T("probe/a"), T("one"), 2));
  show("astrid_kv_set", "an empty key", astrid_kv_set(T(""), T(""), T("one"), 0));
  show("astrid_kv_set", "a key of 2 KB", astrid_kv_set(T(""), buffer, 2000, T("one"), 0));
  show("astrid_kv_set", "a value of 18 MB", astrid_kv_set(T(""), T("probe/a"), large(), LARGE, 0));
  show("astrid_kv_set", "no UTF-8", astrid_kv_set(T(""), T("\xff"), T("one"), 0));
  show("astrid_kv_set", "a bad pointer", astrid_kv_set(T(""), T("probe/a"), BAD, 100, 0));
  show("astrid_kv_get", "a pair", astrid_kv_get(T(""), T("probe/a"), buffer, sizeof buffer, &size));
  show("astrid_kv_get", "into too small a buffer", astrid_kv_get(T(""), T("probe/a"), buffer, 1, &size));
  show("astrid_kv_get", "what is not there", astrid_kv_get(T(""), T("probe/none"), buffer, sizeof buffer, &size));
  show("astrid_kv_get", "a bad pointer", astrid_kv_get(T(""), T("probe/a"), BAD, 100, &size));
  show("astrid_kv_has", "a pair", astrid_kv_has(T(""), T("probe/a"), &size));
  show("astrid_kv_has", "a bad pointer", astrid_kv_has(T(""), T("probe/a"), BAD));
}

static void batches_and_scans(void) {
  static const char records[] = "\7\0\0\0\5\0\0\0probe/cthree\7\0\0\0\377\377\377\377probe/b";
  u32 used = 0;
  show("astrid_kv_batch", "a pair, and a deletion", astrid_kv_batch(T(""), records, sizeof records - 1, 0));
  show("astrid_kv_batch", "cut off", astrid_kv_batch(T(""), records, 12, 0));
  show("astrid_kv_batch", "a bad pointer", astrid_kv_batch(T(""), BAD, 100, 0));
  show("astrid_kv_scan", "by prefix", astrid_kv_scan(T(""), T("probe/"), T(""), buffer, sizeof buffer, &used));
  show("astrid_kv_scan", "into too small a buffer", astrid_kv_scan(T(""), T("probe/"), T(""), buffer, 4, &used));
  show("astrid_kv_scan", "after the last", astrid_kv_scan(T(""), T("probe/"), T("probe/z"), buffer, sizeof buffer, &used));
  show("astrid_kv_scan", "a bad pointer", astrid_kv_scan(T(""), T("probe/"), T(""), buffer, sizeof buffer, BAD));
}

void probe_pairs(void) {
  sets_and_gets();
  batches_and_scans();
  show("astrid_kv_delete", "a pair", astrid_kv_delete(T(""), T("probe/a"), 0));
  show("astrid_kv_delete", "what is not there", astrid_kv_delete(T(""), T("probe/a"), 0));
  show("astrid_kv_delete", "a bad pointer", astrid_kv_delete(T(""), BAD, 100, 0));
  astrid_kv_delete(T(""), T("probe/c"), 1);
}

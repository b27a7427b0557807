;; Pointers above 2 GiB: a memory of 40 000 pages (2.4 GiB), with everything that is passed near its end.
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "clock_time_get" (func $clock_time_get (param i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "random_get" (func $random_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_filestat_get" (func $path_filestat_get (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 40000)
  (global $high i32 (i32.const 0x98000000))
  (data (i32.const 64) "ok pointers_above_two_gigabytes_are_unsigned\0a")
  (data (i32.const 128) "not ok pointers_above_two_gigabytes_are_unsigned\0a")

  (func $print_at (param $text i32) (param $length i32) (result i32)
    ;; The vector and the count lie high too.
    (i32.store (global.get $high) (local.get $text))
    (i32.store offset=4 (global.get $high) (local.get $length))
    (call $fd_write (i32.const 1) (global.get $high) (i32.const 1) (i32.add (global.get $high) (i32.const 16))))

  (func $copy_high (param $from i32) (param $length i32) (result i32) (local $at i32)
    (loop $next
      (i32.store8
        (i32.add (i32.add (global.get $high) (i32.const 4096)) (local.get $at))
        (i32.load8_u (i32.add (local.get $from) (local.get $at))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $length))))
    (i32.add (global.get $high) (i32.const 4096)))

  (func $holds (result i32)
    (if (call $clock_time_get (i32.const 0) (i64.const 0) (i32.add (global.get $high) (i32.const 64))) (then (return (i32.const 0))))
    (if (i64.le_s (i64.load offset=64 (global.get $high)) (i64.const 0)) (then (return (i32.const 0))))
    (if (call $random_get (i32.add (global.get $high) (i32.const 128)) (i32.const 64)) (then (return (i32.const 0))))
    (if (i64.eqz (i64.or (i64.load offset=128 (global.get $high)) (i64.load offset=136 (global.get $high)))) (then (return (i32.const 0))))
    (i32.store8 offset=200 (global.get $high) (i32.const 46))
    (if (call $path_filestat_get (i32.const 3) (i32.const 1) (i32.add (global.get $high) (i32.const 200)) (i32.const 1) (i32.add (global.get $high) (i32.const 256)))
      (then (return (i32.const 0))))
    (i32.eq (i32.load8_u offset=272 (global.get $high)) (i32.const 3)))

  (func (export "_start")
    (if (call $holds)
      (then (drop (call $print_at (call $copy_high (i32.const 64) (i32.const 45)) (i32.const 45))))
      (else
        (drop (call $print_at (i32.const 128) (i32.const 49)))
        (call $proc_exit (i32.const 1))))))

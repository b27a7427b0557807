;; wasi_unstable, whose filestat has 56 bytes (links at 20, size at 24) and whose whence begins with the current place.
(module
  (import "wasi_unstable" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_unstable" "fd_seek" (func $fd_seek (param i32 i64 i32 i32) (result i32)))
  (import "wasi_unstable" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_unstable" "fd_filestat_get" (func $fd_filestat_get (param i32 i32) (result i32)))
  (import "wasi_unstable" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "file")
  (data (i32.const 64) "ok filestat_of_unstable_has_56_bytes\0a")
  (data (i32.const 128) "ok whence_of_unstable_begins_with_the_current_place\0a")
  (global $fd (mut i32) (i32.const 0))

  (func $check (param $holds i32) (param $text i32) (param $length i32)
    (if (i32.eqz (local.get $holds)) (then (call $proc_exit (i32.const 1))))
    (drop (call $write (i32.const 1) (local.get $text) (local.get $length))))

  (func $write (param $to i32) (param $text i32) (param $length i32) (result i32)
    (i32.store (i32.const 32) (local.get $text))
    (i32.store (i32.const 36) (local.get $length))
    (call $fd_write (local.get $to) (i32.const 32) (i32.const 1) (i32.const 40)))

  (func (export "_start")
    ;; CREAT | TRUNC, with FD_READ, FD_SEEK, FD_TELL, FD_WRITE and FD_FILESTAT_GET.
    (drop (call $path_open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 4) (i32.const 9) (i64.const 0x200066) (i64.const 0) (i32.const 0) (i32.const 48)))
    (global.set $fd (i32.load (i32.const 48)))
    (drop (call $write (global.get $fd) (i32.const 64) (i32.const 10)))
    (i64.store offset=56 (i32.const 1024) (i64.const -1))
    (drop (call $fd_filestat_get (global.get $fd) (i32.const 1024)))
    (call $check
      (i32.and
        (i32.and (i32.eq (i32.load8_u (i32.const 1040)) (i32.const 4)) (i32.eq (i32.load (i32.const 1044)) (i32.const 1)))
        (i32.and (i64.eq (i64.load (i32.const 1048)) (i64.const 10)) (i64.eq (i64.load (i32.const 1080)) (i64.const -1))))
      (i32.const 64) (i32.const 37))
    (drop (call $fd_seek (global.get $fd) (i64.const -4) (i32.const 0) (i32.const 56)))
    (call $check (i64.eq (i64.load (i32.const 56)) (i64.const 6)) (i32.const 128) (i32.const 52))))

//! Every part of the crate once. The same program runs against the mock, natively, and as a guest against the real host.
include!("../tests/check/mod.rs");

fn main() {
    for (name, part) in PARTS {
        part();
        println!("ok {name}");
    }
}

//! hello-rust greets from Rust.

fn main() {
    println!("Hello from Rust!");
}

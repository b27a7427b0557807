//! chat-echo-rust: says hello in the room, and once more whatever others say.
use astrid::{pid, subscribe, Publication, Result};

fn main() -> Result<()> {
    let chat = subscribe("chat.room")?;
    Publication::new("chat.room", "hello from rust").kind("ChatSaid.v1").send()?;
    for message in chat {
        let message = message?;
        if message.source() == pid() {
            continue;
        }
        let text = format!("rust heard: {}", message.text().unwrap_or("?"));
        println!("{text}");
        if message.kind() != "ChatEcho.v1" {
            Publication::new("chat.room", text).kind("ChatEcho.v1").send()?;
        }
    }
    Ok(())
}

//! router: answers what frontends say on `user.input`. It knows commands, and says so; whoever asks, it does not know.
mod answers;

use answers::{answer, Answer};
use astrid::{log, Json, Level, Message, Publication, Result, Subscribe};
use std::time::Duration;

/// Between the words of a stream.
const PAUSE: Duration = Duration::from_millis(40);

/// What the answer is to: the id that the frontend gave, or the message's own.
fn question_id(message: &Message, input: &Json) -> String {
    input["id"].as_str().map_or_else(|| format!("{}-{}", message.source(), message.id()), str::to_string)
}

/// The members that an answer has besides its own.
fn envelope(text: &str, id: &str, input: &Json) -> Vec<(String, Json)> {
    let mut members = vec![("text".to_string(), text.into()), ("inReplyTo".to_string(), id.into())];
    if let Some(session) = input["session"].as_str() {
        members.push(("session".to_string(), session.into()));
    }
    members
}

/// Word by word, each with the blank before it.
fn stream(text: &str, id: &str, input: &Json) -> Result<()> {
    let words: Vec<&str> = text.split_inclusive(' ').collect();
    for (index, word) in words.iter().enumerate() {
        let mut piece = envelope(word, id, input);
        piece.push(("index".to_string(), (index as f64).into()));
        piece.push(("done".to_string(), (index + 1 == words.len()).into()));
        Publication::new("agent.stream", Json::Object(piece)).kind("AgentStream.v1").send()?;
        std::thread::sleep(PAUSE);
    }
    Ok(())
}

fn respond(message: &Message) -> Result<()> {
    let input = message.json()?;
    let id = question_id(message, &input);
    let given = answer(input["text"].as_str().unwrap_or(""));
    if message.is_request() {
        return message.reply(Json::Object(envelope(given.text(), &id, &input)));
    }
    match given {
        Answer::Whole(text) => Publication::new("agent.response", Json::Object(envelope(&text, &id, &input))).kind("AgentResponse.v1").send(),
        Answer::Stream(text) => stream(&text, &id, &input),
    }
}

fn main() -> Result<()> {
    // Of several routers one answers each question.
    let questions = Subscribe::new("user.input").group("router").open()?;
    println!("ready");
    for message in questions {
        let message = message?;
        if message.lost() > 0 {
            let _ = log(Level::Warn, &format!("{} questions were lost", message.lost()));
        }
        if let Err(error) = respond(&message) {
            let _ = log(Level::Warn, &format!("a question of process {} is not answered: {error}", message.source()));
        }
    }
    Ok(())
}

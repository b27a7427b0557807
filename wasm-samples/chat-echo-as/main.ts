// chat-echo-as: says hello in the room, and once more whatever others say.
import { errnoName, lastErrno, Payload, pid, publish, Subscription } from "../sdk/assemblyscript/astrid";

const chat = Subscription.open("chat.room");
let errno = chat === null ? lastErrno() : publish("chat.room", Payload.text("hello from as"), "ChatSaid.v1");
while (errno == 0) {
  const message = chat!.receive();
  if (message === null) errno = lastErrno();
  else if (message.source != pid()) {
    const text = "as heard: " + message.text;
    console.log(text);
    if (message.type != "ChatEcho.v1") errno = publish("chat.room", Payload.text(text), "ChatEcho.v1");
  }
}
process.stderr.write("chat-echo-as: " + errnoName(errno) + "\n");
process.exit(1);

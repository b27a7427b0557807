// Prints a response, or why there is none.
import { errnoName, lastErrno, Response } from "../astrid";

function main(): string {
  const response = Response.fetch("POST", "https://example.org/a", "accept: */*\r\n", String.UTF8.encode("x"));
  if (response === null) return errnoName(lastErrno());
  const room = new ArrayBuffer(3);
  let body = "";
  for (let count = response.read(room); count > 0; count = response.read(room)) body += String.UTF8.decode(room.slice(0, count));
  return response.status.toString() + " " + response.header("CONTENT-TYPE")! + " " + body;
}

console.log(main());

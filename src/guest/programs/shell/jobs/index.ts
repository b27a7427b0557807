export { awaitForeground, awaitJob, describe, giveTerminal, jobLine, notices, poll, resume, takeTerminal, wasInterrupted } from './control.ts';

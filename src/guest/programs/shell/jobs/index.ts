export { awaitForeground, awaitJob, describe, giveTerminal, jobLine, notices, poll, resume, signalText, takeTerminal, wasInterrupted } from './control.ts';

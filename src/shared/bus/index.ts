export { ArenaBus, type ArenaBusOptions } from './arena-bus.ts';
export { createBus, type BusOptions } from './records.ts';
export { Mailbox } from './mailbox.ts';
export { matchesTokens, parsePattern, parseSubject, patternTokens, subjectTokens, SUBJECT_MAX } from './subject.ts';
export { Subscriptions, type Listening } from './subscriptions.ts';
export { SubjectTrie } from './subject-trie.ts';
export { BLOCKED, CAPACITY_DEFAULT, CAPACITY_MAX, CAPACITY_MIN, Frame, FRAME_VERSION, FrameFlag, PAYLOAD_MAX, Policy, TYPE_MAX } from './frame.ts';
export type { Blocking, BusAccess, MailboxOptions, MailboxReader, Topic } from './contract.ts';

export { BLOCKED, CAPACITY_DEFAULT, CAPACITY_MAX, CAPACITY_MIN, Frame, FRAME_VERSION, FrameFlag, PAYLOAD_MAX, Policy, TYPE_MAX } from './frame.ts';
export type { BusAccess, MailboxOptions, MailboxReader, Topic } from './contract.ts';

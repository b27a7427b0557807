export { FsPublisher } from './fs-publisher.ts';
export { Notices } from './notices.ts';

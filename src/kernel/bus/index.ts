export {
  Bus, DEFAULT_CAPACITY,
  type BusListener, type BusOptions, type PullSubscription,
} from './bus.ts';
export type { PayloadCodec, PublishOptions, ReplyOptions, RequestOptions, RequestReply, SubscribeOptions, Subscription } from './contract.ts';
export { PortSubscriber, type SubscriberPort } from './port-subscriber.ts';
export { SUBJECT_MAX, matchesTokens, parsePattern, parseSubject } from '../../shared/bus/index.ts';

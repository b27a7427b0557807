export {
  Bus, DEFAULT_CAPACITY,
  type BusListener, type BusOptions, type PullSubscription, type Subscription,
} from './bus.ts';
export type { PayloadCodec, PublishOptions, RequestOptions, RequestReply, SubscribeOptions } from './contract.ts';
export { PortSubscriber, type SubscriberPort } from './port-subscriber.ts';
export { SUBJECT_MAX, matchesTokens, parsePattern, parseSubject } from '../../shared/bus/index.ts';

export {
  Bus, DEFAULT_CAPACITY,
  type BusListener, type BusOptions, type PullSubscription, type SubscribeOptions, type Subscription,
} from './bus.ts';
export { PortSubscriber, type SubscriberPort } from './port-subscriber.ts';
export { SUBJECT_MAX, matchesTokens, parsePattern, parseSubject } from '../../shared/bus/index.ts';

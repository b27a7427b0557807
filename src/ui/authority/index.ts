export { Problems } from './Problems.tsx';
export {
  ANSWER_WORDS, DECIDED_WORDS, ORIGIN_WORDS, TRUST_WORDS, asksOf, describeAction, describeRecord, listWords, rightsText, tickedGrants, type ActionText, type Ask,
} from './wording.ts';

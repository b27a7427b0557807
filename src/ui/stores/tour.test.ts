import { describe, expect, it } from 'vitest';
import { beginTour, createTour, endTour, followTour, turnTour } from './tour.ts';

const nothing = { changed: false, looked: false, undone: false };

describe('the tour', () => {
  it('goes through its steps and to an end, and back', () => {
    const store = createTour();
    turnTour(store, 1);
    expect(store.getState()).toEqual({ step: null, seen: false });
    beginTour(store);
    const steps = Array.from({ length: 5 }, () => {
      turnTour(store, 1);
      return store.getState().step;
    });
    expect(steps).toEqual(['run', 'see', 'undo', 'end', null]);
    beginTour(store);
    turnTour(store, -1);
    expect(store.getState()).toEqual({ step: 'drop', seen: true });
    endTour(store);
    expect(store.getState().step).toBe(null);
  });

  it('goes on when the user did what a step is about', () => {
    expect(followTour('drop', nothing)).toBe('drop');
    expect(followTour('drop', { ...nothing, changed: true })).toBe('see');
    expect(followTour('run', { ...nothing, changed: true })).toBe('see');
    expect(followTour('see', { ...nothing, changed: true, looked: true })).toBe('undo');
    expect(followTour('see', { changed: true, looked: false, undone: true })).toBe('end');
    expect(followTour('undo', { changed: true, looked: true, undone: true })).toBe('end');
    expect(followTour('see', { ...nothing, looked: true })).toBe('see');
    expect(followTour(null, { changed: true, looked: true, undone: true })).toBe(null);
  });
});

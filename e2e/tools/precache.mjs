export function precacheList() { return { name: 'precache-list' }; }

export async function measureBoot() { throw new Error('todo'); }

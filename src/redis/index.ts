export type { RedisClient, RedisCluster, RedisSentinel } from './redisClient.js';
export { type RedisStoreOptions, redisStore } from './redisStore.js';

/**
 * The steps that must be atomic, in Lua. Each may be repeated when its reply was lost, and replies with the token that it was called with,
 * so that the reply of another command is never taken for it.
 *
 * The entries of a log are `<epoch>-0 claim <owner> prev <id>`, `<epoch>-<seq> event <json>` and `<epoch>-<seq> end <json>`. The last entry
 * decides who may write: no field of the hash is believed against it. All times are those of Redis, so that the clocks of machines may differ.
 */
export interface Script {
  readonly name: string;
  readonly text: string;
}

const parse = `
local token = ARGV[1]
local function parse(last)
  if not last then return '', 0, -1, false end
  local dash = string.find(last[1], '-', 1, true)
  local epoch, seq = tonumber(string.sub(last[1], 1, dash - 1)), tonumber(string.sub(last[1], dash + 1))
  return last[1], epoch, seq, last[2][1] == 'end'
end
`;

const tail = `${parse}
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
local lastId, lastEpoch, lastSeq, ended = parse(last)
`;

const now = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`;

const entry = `
local function entry(epoch, seq) return string.format('%.0f-%.0f', epoch, seq) end
`;

/** A log that is written lives as long as its lease and a second more, so that a reader finds that the lease has run out. */
const keep = `
local function keep(log, meta, retention, lease, ended)
  local ttl = math.max(retention, ended and lease or lease + math.min(lease, 1000))
  redis.call('PEXPIRE', log, ttl)
  redis.call('PEXPIRE', meta, ttl)
end
`;

const refuse = `
local function refuse(epoch, lease, last, lastEpoch, ended)
  if not last or not lease then return 'gone' end
  if lastEpoch > epoch or (ended and lastEpoch == epoch) then return 'fenced' end
  if lastEpoch < epoch then return 'gone' end
  return nil
end
`;

const holder = `${refuse}
local meta = redis.call('HMGET', KEYS[2], 'leaseMs', 'retentionMs', 'cancel')
local epoch = tonumber(ARGV[2])
local function held() return refuse(epoch, meta[1], last, lastEpoch, ended) end
`;

/** `token owner leaseMs retentionMs` → `done`, `follow`, or `produce epoch takeover`. A cancel is kept for who takes over. */
export const claimScript: Script = {
  name: 'claim',
  text: `${tail}${now}${entry}${keep}
if ended then return {token, 'done'} end
local owner, lease, retention = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local meta = redis.call('HMGET', KEYS[2], 'epoch', 'owner', 'leaseUntil', 'cancel')
local known = tonumber(meta[1]) or 0
if last and (tonumber(meta[3]) or 0) > now then
  if meta[2] == owner and known == lastEpoch and lastSeq == 0 then
    return {token, 'produce', string.format('%.0f', known), redis.call('XLEN', KEYS[1]) > 1 and 1 or 0}
  end
  return {token, 'follow'}
end
local epoch = math.max(known + 1, lastEpoch + 1, now)
redis.call('XADD', KEYS[1], entry(epoch, 0), 'claim', owner, 'prev', lastId)
redis.call('DEL', KEYS[2])
redis.call('HSET', KEYS[2], 'epoch', string.format('%.0f', epoch), 'owner', owner, 'leaseMs', lease, 'retentionMs', retention,
  'leaseUntil', string.format('%.0f', now + lease))
if last and meta[4] then redis.call('HSET', KEYS[2], 'cancel', meta[4]) end
keep(KEYS[1], KEYS[2], retention, lease, false)
return {token, 'produce', string.format('%.0f', epoch), last and 1 or 0}
`,
};

/**
 * For each pair of keys `epoch fromSeq count json …`, after `token notify` → nothing if all are stored; else for each `nil`, `gone`, `fenced`,
 * or `behind lastSeq`. Who appends is alive, so that a renewal which comes late costs no lease. The lease and the time to live are extended
 * together, when half of the lease has passed: a log outlives its lease.
 */
export const appendScript: Script = {
  name: 'append',
  text: `${parse}${now}${keep}${refuse}
local function append(log, meta, epoch, from, first, count)
  local last = redis.call('XREVRANGE', log, '+', '-', 'COUNT', 1)[1]
  local held = redis.call('HMGET', meta, 'leaseMs', 'leaseUntil')
  local stored = 0
  if not (held[1] and last and last[1] == epoch .. '-' .. (from - 1) and last[2][1] ~= 'end') then
    local lastId, lastEpoch, lastSeq, ended = parse(last)
    local refused = refuse(tonumber(epoch), held[1], last, lastEpoch, ended)
    if refused then return {refused} end
    if from > lastSeq + 1 then return {'behind', lastSeq} end
    stored = math.min(lastSeq + 1 - from, count)
    for i = 0, stored - 1 do
      local id = epoch .. '-' .. (from + i)
      local same = redis.call('XRANGE', log, id, id)[1]
      if not same or same[2][2] ~= ARGV[first + i] then return {'fenced'} end
    end
  end
  for i = stored, count - 1 do redis.call('XADD', log, epoch .. '-' .. (from + i), 'event', ARGV[first + i]) end
  local lease = tonumber(held[1])
  if (tonumber(held[2]) or 0) - now < lease / 2 then
    redis.call('HSET', meta, 'leaseUntil', string.format('%.0f', now + lease))
    keep(log, meta, tonumber(redis.call('HGET', meta, 'retentionMs')), lease, false)
  end
  if ARGV[2] ~= '' then redis.call('PUBLISH', log, '') end
end
local states, at, failed = {token}, 3, false
for i = 1, #KEYS, 2 do
  local count = tonumber(ARGV[at + 2])
  local state = append(KEYS[i], KEYS[i + 1], ARGV[at], tonumber(ARGV[at + 1]), at + 3, count)
  failed = failed or state
  table.insert(states, state or false)
  at = at + 3 + count
end
return failed and states or {token}
`,
};

/** `token epoch` → `gone`, `fenced`, or `ok lastSeq cancelled reason`. */
export const renewScript: Script = {
  name: 'renew',
  text: `${tail}${now}${keep}${holder}
local refused = held()
if refused then return {token, refused} end
redis.call('HSET', KEYS[2], 'leaseUntil', string.format('%.0f', now + tonumber(meta[1])))
keep(KEYS[1], KEYS[2], tonumber(meta[2]), tonumber(meta[1]), false)
return {token, 'ok', lastSeq, meta[3] and 1 or 0, meta[3] or ''}
`,
};

/** `token epoch seq notify json` → `ok`, `gone`, `fenced`, or `behind lastSeq`. */
export const finishScript: Script = {
  name: 'finish',
  text: `${tail}${entry}${keep}${holder}
if ended and lastEpoch == epoch then return {token, 'ok'} end
local refused = held()
if refused then return {token, refused} end
if tonumber(ARGV[3]) > lastSeq + 1 then return {token, 'behind', lastSeq} end
redis.call('XADD', KEYS[1], entry(epoch, lastSeq + 1), 'end', ARGV[5])
redis.call('HSET', KEYS[2], 'state', 'done')
keep(KEYS[1], KEYS[2], tonumber(meta[2]), tonumber(meta[1]), true)
if ARGV[4] ~= '' then redis.call('PUBLISH', KEYS[1], '') end
return {token, 'ok'}
`,
};

/** `token reason` → `missing`, `ended`, or `ok control reason`: the key of the producer's control stream, or empty text, and the first reason. */
export const cancelScript: Script = {
  name: 'cancel',
  text: `${tail}
if not last then return {token, 'missing'} end
if ended or redis.call('EXISTS', KEYS[2]) == 0 then return {token, 'ended'} end
redis.call('HSETNX', KEYS[2], 'cancel', ARGV[2])
return {token, 'ok', redis.call('HGET', KEYS[2], 'control') or '', redis.call('HGET', KEYS[2], 'cancel')}
`,
};

/** `token epoch control` → `ended`, or `ok cancelled reason`: a cancel goes to that control stream from now on. */
export const listenScript: Script = {
  name: 'listen',
  text: `${tail}${holder}
if held() then return {token, 'ended'} end
redis.call('HSET', KEYS[2], 'control', ARGV[3])
return {token, 'ok', meta[3] and 1 or 0, meta[3] or ''}
`,
};

/** `token` → `open`, or `ended`, which a log that is missing is too. */
export const openScript: Script = {
  name: 'open',
  text: `${tail}
return {token, (last and not ended) and 'open' or 'ended'}
`,
};

/** `token from count` → `page entries`: the entries from that id on, `-` for the first. */
export const pageScript: Script = {
  name: 'page',
  text: `return {ARGV[1], 'page', redis.call('XRANGE', KEYS[1], ARGV[2], '+', 'COUNT', ARGV[3])}`,
};

/**
 * `token notify json` → `missing`, `ended id`: of which entry, or `live leftMs`: until when neither the lease nor the log runs out. A stream
 * whose lease has run out is claimed and ended with the terminal.
 */
export const watchScript: Script = {
  name: 'watch',
  text: `${tail}${now}${entry}${keep}
if not last then return {token, 'missing'} end
if ended then return {token, 'ended', lastId} end
local meta = redis.call('HMGET', KEYS[2], 'epoch', 'leaseUntil', 'leaseMs', 'retentionMs')
local left = (tonumber(meta[2]) or 0) - now
if left > 0 then return {token, 'live', math.min(left, math.max(redis.call('PTTL', KEYS[1]), 1))} end
local epoch = math.max((tonumber(meta[1]) or 0) + 1, lastEpoch + 1, now)
redis.call('XADD', KEYS[1], entry(epoch, 0), 'claim', '', 'prev', lastId)
redis.call('XADD', KEYS[1], entry(epoch, 1), 'end', ARGV[3])
redis.call('HSET', KEYS[2], 'epoch', string.format('%.0f', epoch), 'state', 'done')
keep(KEYS[1], KEYS[2], tonumber(meta[4]) or 60000, tonumber(meta[3]) or 1000, true)
if ARGV[2] ~= '' then redis.call('PUBLISH', KEYS[1], '') end
return {token, 'ended', entry(epoch, 1)}
`,
};

/** `token ttlMs field value …` → `ok`: adds an entry to a control stream. */
export const controlScript: Script = {
  name: 'control',
  text: `
redis.call('XADD', KEYS[1], 'MAXLEN', '~', 1000, '*', unpack(ARGV, 3))
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return {ARGV[1], 'ok'}
`,
};

/** `token message` → `ok`: what a control stream is in a cluster. */
export const publishScript: Script = {
  name: 'publish',
  text: `
redis.call('PUBLISH', KEYS[1], ARGV[2])
return {ARGV[1], 'ok'}
`,
};

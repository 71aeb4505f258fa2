/** Sets an own property, even `__proto__`, for which an assignment would set the prototype. Only that key is defined, because defining is slower. */
export function setOwn<Value>(object: { [key: string]: Value }, key: string, value: Value): void {
  if (key === '__proto__') Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true });
  else object[key] = value;
}

/**
 * The random stream of a name: its 32-bit FNV-1a hash over UTF-16 code units. It depends on nothing but the name, so draws stay common when another
 * mechanism is switched off or added. Source: Fowler, Noll and Vo, draft-eastlake-fnv-17, section 2 (offset basis and prime).
 */
export function streamOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let place = 0; place < name.length; place++) hash = Math.imul(hash ^ name.charCodeAt(place), 0x01000193);
  return hash >>> 0;
}

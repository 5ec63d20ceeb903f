import { type Result, type Target, isMet } from '../harness/figure.ts'

/** A measured number as people read it: three digits or all of a whole number, in groups. */
export function formatNumber(value: number): string {
  const decimals = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2
  const [whole = '', fraction] = value.toFixed(decimals).split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',')
  return fraction === undefined ? grouped : `${grouped}.${fraction}`
}

export function formatRatio(ratio: number): string {
  return `${formatNumber(ratio)} ×`
}

/** What was promised, and whether it was kept; empty where nothing was. */
export function formatTarget(result: Result): string {
  const { target } = result
  if (target === undefined) return ''
  return `${formatBound(target, result.unit)} ${isMet(result) ? 'met' : 'MISSED'}`
}

function formatBound(target: Target, unit: string): string {
  const [sign, bound] = 'atLeast' in target ? ['≥', target.atLeast] : ['≤', target.atMost]
  return `${sign} ${bound.toLocaleString('en')} ${target.of === 'ratio' ? '×' : unit}`
}

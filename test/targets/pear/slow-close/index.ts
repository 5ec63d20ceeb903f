// An app whose close takes longer than anything that could end it in the middle.
import process from 'bare-process'
import { args } from '../../../../shared/app/environment.ts'
import { handleSignals, onStop, stop } from '../../../../shared/app/lifecycle.ts'

handleSignals()
const timer = setInterval(() => {}, 1000)
onStop(async () => {
  process.stdout.write('closing\n')
  await new Promise<void>((resolve) => setTimeout(resolve, 500))
  clearInterval(timer)
  process.stdout.write('closed\n')
})
process.stdout.write('open\n')
if (args.includes('--stop')) await stop(0)

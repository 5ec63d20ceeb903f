// Takes the UDP port that is its argument for itself alone, and says so.
import dgram from 'bare-dgram'

const port = Bare.argv[2] ?? ''
dgram.createSocket('udp4').bind(Number(port), () => console.log(`port ${port}`))

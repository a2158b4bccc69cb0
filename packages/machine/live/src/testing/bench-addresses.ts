/** Network of a test bench: the emulated machine, and this computer at the other end of its cable. */
export const MACHINE_ADDRESS = 0x0a4d0002;
export const COMPUTER_ADDRESS = 0x0a4d0001;
export const MACHINE_TEXT = "10.77.0.2";
export const COMPUTER_TEXT = "10.77.0.1";
export const NETMASK = 0xffffff00;
export const TAP = "pushback0";

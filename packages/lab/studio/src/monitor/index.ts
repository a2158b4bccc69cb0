export { Monitor, type MonitorProps } from "./monitor.tsx";

// The page that a push opens: one message, read and answered with the device's key, without a sign-in.
import "./notice/page.js";

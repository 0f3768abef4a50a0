"""What a virtual EOS does beyond the standard of PTP."""

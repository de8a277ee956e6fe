"""What benches and drills stand on: real processes of Firstline in a folder of their own, and a client for them."""

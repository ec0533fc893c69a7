SELECT held_leases() AS leases;

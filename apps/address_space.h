#pragma once

// A program that is linked with address_space.cpp ends with a sentence and status 1, before any of
// its libraries begins, when `ulimit -v` leaves OpenBLAS too little to start with.

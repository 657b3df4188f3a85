"""
Files of this machine: where they are, how they are written, and lists that are kept.

paths        where they are
files        atomic, private, locked
listfile     the file of a cached list;  wholelist: one that is read whole;  keptfile: with its lock and marks
kept         which list to use now, one fetch at a time
lastrefresh  how the last refresh of every profile ended
"""

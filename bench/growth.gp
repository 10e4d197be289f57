# Time and peak memory of every data stage over the number of clips. Called by report.py, which sets
# file and stages; its data has a block per stage: clips, seconds, MiB.
data = file.'.dat'
set encoding utf8
set border 3 linewidth 0.8 linecolor rgb '#404040'
set tics nomirror textcolor rgb '#202020'
set grid xtics ytics linecolor rgb '#e4e4e4' linewidth 0.6
set logscale x
set xrange [80:13000]
set xtics ('100' 100, '1,000' 1000, '10,000' 10000)
set xlabel 'clips'
array colour[5] = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#595959']  # told apart by all eyes
array shape[5] = [7, 5, 9, 13, 11]
guide(x) = 0.004 * x

do for [format in "png svg"] {
  if (format eq "png") {
    set terminal pngcairo noenhanced size 2000,760 font 'sans-serif,11' fontscale 2 linewidth 2 \
        pointscale 2 background rgb 'white'
  } else {
    set terminal svg noenhanced size 1000,380 font 'sans-serif,13' linewidth 1.1 background rgb 'white'
  }
  set output file.'.'.format
  set multiplot

  set lmargin at screen 0.075
  set rmargin at screen 0.385
  set tmargin at screen 0.955
  set bmargin at screen 0.17
  set logscale y
  set ylabel 'time (s)' offset 0.5,0
  set format y '%g'
  set yrange [0.001:200]
  unset key
  plot guide(x) with lines linewidth 1 dashtype 2 linecolor rgb '#909090' notitle, \
       for [i = 0:stages - 1] data index i skip 1 using 1:2 with linespoints linewidth 1.4 \
           pointsize 0.8 pointtype shape[i + 1] linecolor rgb colour[i + 1] notitle

  set lmargin at screen 0.475
  set rmargin at screen 0.78
  unset logscale y
  set ylabel 'peak memory (MiB)' offset -0.5,0
  set yrange [0:*]
  set key at screen 0.795,0.955 left top Left reverse samplen 2 spacing 1.4 noautotitle
  plot for [i = 0:stages - 1] data index i using 1:3 with linespoints linewidth 1.4 pointsize 0.8 \
           pointtype shape[i + 1] linecolor rgb colour[i + 1] title columnheader(1), \
       NaN with lines linewidth 1 dashtype 2 linecolor rgb '#909090' title 'proportional to clips'
  unset multiplot
  unset output
}

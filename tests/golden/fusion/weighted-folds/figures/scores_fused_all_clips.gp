# scores_fused_all_clips: a figure of aver. To restyle it, edit this file and run `gnuplot scores_fused_all_clips.gp` here.
data = 'scores_fused_all_clips.dat'
if (!exists("png_file")) png_file = 'scores_fused_all_clips.png'
if (!exists("svg_file")) svg_file = 'scores_fused_all_clips.svg'

set encoding utf8
set border linewidth 0.8 linecolor rgb '#404040'
set tics textcolor rgb '#202020'
set title 'Both (weighted, temperatures), all 49 clips' font ',15' offset 0,0.3
set palette defined (0 '#fafafa', 1 '#cae4ed', 2 '#9dcce2', 3 '#73b2d7', 4 '#5197c9', 5 '#377cb9', 6 '#2760a4', 7 '#1f458a', 8 '#1a2b6d')
set cbrange [0:1]
set cbtics 0.25 format '%.2f' scale 0 font ',10'
set cblabel '' offset 0.5,0
set colorbox noborder user origin screen 0.8275,0.1221 size screen 0.0275,0.6718
set lmargin at screen 0.2627
set rmargin at screen 0.8039
set bmargin at screen 0.1221
set tmargin at screen 0.7939
set xrange [-0.5:2.5]
set yrange [3.5:-0.5]
set xtics ('precision' 0, 'recall' 1, 'F1' 2) scale 0
set ytics ('neutral (16)' 0, 'happy (17)' 1, 'sad (16)' 2, 'mean of classes' 3) scale 0
set xlabel ''
set ylabel ''
unset key
unset border
set style fill solid noborder

do for [format in "png svg"] {
  if (format eq "png") {
    set terminal pngcairo noenhanced size 765,393 font 'sans-serif,11' \
        fontscale 1.5 linewidth 1.5 pointscale 1.5 background rgb 'white'
    set output png_file
  } else {
    set terminal svg noenhanced size 510,262 font 'sans-serif,13' linewidth 1.1 \
        background rgb 'white'
    set output svg_file
  }
  plot data using 4:3:(0.49):(0.48):5 with boxxyerror fillcolor palette, \
       data using 4:3:(sprintf('%.3f', $5)):($5 > 0.55 ? 0xffffff : 0x202020) with labels font ',13' textcolor rgb variable
  unset output
}

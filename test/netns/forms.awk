# SPDX-License-Identifier: GPL-2.0-or-later
#
# forms.awk - the forms of the messages between a mobile and a correspondent.
#
# From what `mip6ctl decode' prints: of each message of return routability, and
# each Binding Update or Acknowledgement that is no home registration's, one
# line with the headers around it, its fields, and its options with their
# lengths and where they stand; no values.  Two implementations that build
# messages alike have the same lines.
#
#	mip6ctl decode FILE | awk -v peer=ADDRESS -f forms.awk | sort -u

function done() {
	if (ours && form ~ /(HoTI|CoTI|HoT|CoT|BU|BA) /)
		print form
	form = ""
	ours = 0
}

/^ *[0-9]+\.[0-9][0-9][0-9][0-9][0-9][0-9]  / { done(); next }
{
	deep = match($0, /[^ ]/)
	if (deep == 19) {
		form = form " [" ($1 == "IPv6" ? $1 : $1 " " $2)
		next
	}
	if (($1 == "src" || $1 == "dst") && $2 == peer)
		ours = 1
	rest = $0
	if ($1 == "option")
		sub(/.*, /, " option-" $2 ":", rest)
	else if ($1 == "flags")
		sub(/^ *flags /, " flags=", rest)
	else
		rest = " " $1
	form = form rest
}
END { done() }

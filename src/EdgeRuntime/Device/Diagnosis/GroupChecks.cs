using System.Globalization;

namespace EdgeRuntime.Device.Diagnosis;

/// <summary>Whether the user may use the devices.</summary>
internal static class GroupChecks
{
    private static readonly (string Group, string Devices, string Pattern)[] Needed = [("gpio", "GPIO lines", "gpiochip*"), ("i2c", "the I2C bus", "i2c-*"), ("video", "cameras", "video*")];

    public static IEnumerable<Finding> All(SystemTree tree)
    {
        string[] user = (tree.Field("proc/self/status", "Uid") ?? "").Split((char[])['\t', ' '], StringSplitOptions.RemoveEmptyEntries);
        HashSet<string> groups = [.. (tree.Field("proc/self/status", "Groups") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        Dictionary<string, string> known = GroupsOf(tree);
        foreach ((string group, string devices, string pattern) in Needed)
        {
            string check = $"group-{group}";
            yield return user.Length > 1 && user[1] == "0" ? new Finding(check, FindingState.Ok, "this user is root, and may use everything")
                : !known.TryGetValue(group, out string? number) ? new Finding(check, FindingState.Absent, $"this system has no group '{group}'")
                : groups.Contains(number) ? new Finding(check, FindingState.Ok, $"this user is a member, and may use {devices}")
                : tree.Names("dev", pattern).Length == 0 ? new Finding(check, FindingState.Absent, $"this user is no member; there is nothing to use with it")
                : new Finding(check, FindingState.Problem, $"this user is no member, and may not use {devices}", $"sudo usermod -aG {group} $USER, then log in again");
        }
    }

    private static Dictionary<string, string> GroupsOf(SystemTree tree)
    {
        Dictionary<string, string> groups = new(StringComparer.Ordinal);
        foreach (string line in (tree.Text("etc/group") ?? "").Split('\n'))
        {
            string[] fields = line.Split(':');
            if (fields.Length >= 3 && int.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out _))
            {
                groups[fields[0]] = fields[2];
            }
        }

        return groups;
    }
}

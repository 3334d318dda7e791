using System.Formats.Tar;
using EdgeRuntime;
using ModelPacker.Data;

namespace ModelPacker.Tests.Data;

public sealed class PictureSetTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void SubFoldersAreClassesInSortedOrder()
    {
        _folder.WritePicture("zebra/1.ppm", 4, 200);
        _folder.WritePicture("ant/2.ppm", 4, 10);
        List<LabelledPicture> set = PictureSet.Open(_folder.Path);
        Assert.Equal([("ant/2.ppm", 0), ("zebra/1.ppm", 1)], set.Select(p => (p.Name, p.Label)));
        Assert.Equal(10, set[0].Read().Rgb[0]);
    }

    [Fact]
    public void CsvBesideThePicturesWins()
    {
        _folder.WritePicture("b/1.ppm", 4, 0);
        _folder.WritePicture("a/2.ppm", 4, 0);
        _folder.Write("labels.csv", "file,label\n1.ppm,7\na/2.ppm,3\n");
        Assert.Equal([3, 7], PictureSet.Open(_folder.Path).Select(p => p.Label));
    }

    [Theory]
    [InlineData(200, 1)]
    [InlineData(200, 9)]
    [InlineData(205, 64)]
    [InlineData(1000, 333)]
    public void FewerPicturesHoldTheSameOnesBack(int all, int shown)
    {
        LabelledPicture[] set = [.. Enumerable.Range(0, all).Select(i => new LabelledPicture($"{i}", i, () => throw new InvalidOperationException("is not looked at")))];
        List<LabelledPicture> some = PictureSet.Some(set, shown);
        for (int i = 0; i < some.Count; i++)
        {
            Assert.Equal(PictureSet.IsHeldBack(some[i].Label), PictureSet.IsHeldBack(i));
        }

        Assert.InRange(some.Count(p => !PictureSet.IsHeldBack(p.Label)), shown, shown + PictureSet.HeldBack - 2);
        Assert.Equal(some.Count, some.Distinct().Count());

        // From all parts of the set, and all of it where it has no more.
        Assert.True(some.Count < 30 || some[^1].Label > all * 0.8);
        Assert.Equal(set, PictureSet.Some(set, all));
    }

    [Fact]
    public void OneFolderHasNoLabels()
    {
        _folder.WritePicture("1.ppm", 4, 0);
        _folder.WritePicture("2.ppm", 4, 0);
        Assert.All(PictureSet.Open(_folder.Path), p => Assert.Equal(-1, p.Label));
        Assert.Single(PictureSet.Open(_folder.Path, limit: 1));
    }

    [Fact]
    public void SpreadPicturesComeFromTheWholeSet()
    {
        for (int i = 0; i < 10; i++)
        {
            _folder.WritePicture($"{i}.ppm", 4, (byte)i);
        }

        Assert.Equal(["0.ppm", "1.ppm", "2.ppm"], PictureSet.Open(_folder.Path, limit: 3).Select(p => p.Name));
        Assert.Equal(["0.ppm", "3.ppm", "6.ppm"], PictureSet.Open(_folder.Path, limit: 3, spread: true).Select(p => p.Name));
        Assert.Equal(10, PictureSet.Open(_folder.Path, limit: 20, spread: true).Count);
    }

    [Fact]
    public void HeldBackPicturesAreEveryTenth()
    {
        for (int i = 0; i < 45; i++)
        {
            _folder.WritePicture($"{i:d2}.ppm", 4, (byte)i);
        }

        Assert.Equal(["09.ppm", "19.ppm", "29.ppm", "39.ppm"], PictureSet.Open(_folder.Path, heldBack: true).Select(p => p.Name));
        Assert.Equal(["09.ppm", "29.ppm"], PictureSet.Open(_folder.Path, limit: 2, spread: true, heldBack: true).Select(p => p.Name));
        Assert.Equal(["09.ppm", "19.ppm"], PictureSet.Open(_folder.Path, limit: 2, heldBack: true).Select(p => p.Name));
    }

    [Fact]
    public void TarArchivesAreReadInStoredOrder()
    {
        _folder.WritePicture("in/b/1.ppm", 4, 1);
        _folder.WritePicture("in/a/2.ppm", 4, 2);
        string tar = _folder.File("set.tar");
        using (TarWriter writer = new(File.Create(tar)))
        {
            writer.WriteEntry(_folder.File("in", "b", "1.ppm"), "b/1.ppm");
            writer.WriteEntry(_folder.File("in", "a", "2.ppm"), "./a/2.ppm");
        }

        List<LabelledPicture> set = PictureSet.Open(tar);
        Assert.Equal([("b/1.ppm", 1), ("a/2.ppm", 0)], set.Select(p => (p.Name, p.Label)));
        Assert.Equal(2, set[1].Read().Rgb[0]);
    }

    [Fact]
    public void MissingAndEmptySetsAreUsageErrors()
    {
        Assert.Equal(2, Assert.Throws<EdgeRuntimeException>(() => PictureSet.Open(_folder.File("nosuch"))).ExitCode);
        Assert.Equal(2, Assert.Throws<EdgeRuntimeException>(() => PictureSet.Open(_folder.Path)).ExitCode);
    }

    [Fact]
    public void LabelsThatDoNotFitAreNamed()
    {
        _folder.WritePicture("1.ppm", 4, 0);
        string bad = _folder.Write("bad.csv", "1.ppm,cat\n2.ppm,dog\n");
        Assert.Contains("Line 1", Assert.Throws<EdgeRuntimeException>(() => PictureSet.Open(_folder.Path, bad)).Message);
        string missing = _folder.Write("missing.csv", "other.ppm,1\n");
        Assert.Contains("1.ppm", Assert.Throws<EdgeRuntimeException>(() => PictureSet.Open(_folder.Path, missing)).Message);
    }

    [Fact]
    public void ADamagedArchiveIsAUsageError()
    {
        string tar = _folder.Write("bad.tar", new string('x', 2000));
        Assert.Equal(2, Assert.Throws<EdgeRuntimeException>(() => PictureSet.Open(tar)).ExitCode);
    }
}
